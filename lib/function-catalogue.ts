import type { ProviderSdk } from './bundle-function';
import type { SecretName } from './secret-catalogue';

/** What a function is made of. What calls it, and what else it may use, is in the API stack. */
export type FunctionEntry = {
  /** Source file from the root of the repository; it exports `handler`. */
  readonly entry: string;
  readonly description: string;
  readonly timeoutSeconds: number;
  readonly secrets: readonly SecretName[];
  readonly sdks: readonly ProviderSdk[];
};

/** Loaded where counts of calls are kept in Valkey or Redis. */
const LIMIT_STORE = ['ioredis', 'rate-limiter-flexible'] as const;

const PAYMENT_SDKS = ['stripe', '@paypal/paypal-server-sdk'] as const;
const PAYMENT_PROVIDERS = ['StripeApi', 'PayPalApi'] as const;

/** Every Lambda function by name. */
export const FUNCTIONS = {
  auth: {
    entry: 'services/auth/api.ts',
    description: 'Sign-up, sign-in, sessions and profiles',
    timeoutSeconds: 20,
    secrets: ['DatabaseAuth', 'SupabaseTokens', 'SupabaseKeys', 'AccountKeys'],
    sdks: ['@supabase/supabase-js', ...LIMIT_STORE],
  },
  mail: {
    entry: 'services/auth/mail.ts',
    description: 'Has Supabase send what routes of accounts have promised, behind their answers',
    timeoutSeconds: 30,
    secrets: ['DatabaseAuth', 'SupabaseKeys', 'AccountKeys'],
    sdks: ['@supabase/supabase-js'],
  },
  payment: {
    entry: 'services/payment/api.ts',
    description: 'Prices, payments, confirmation, refunds and history',
    timeoutSeconds: 28, // one less than the gateway waits, so that its answer still gets out
    secrets: ['DatabasePayment', 'SupabaseTokens', ...PAYMENT_PROVIDERS],
    sdks: [...PAYMENT_SDKS, ...LIMIT_STORE],
  },
  webhook: {
    entry: 'services/webhook/api.ts',
    description: 'Verifies what Stripe, PayPal and our database deliver and puts it on a queue',
    timeoutSeconds: 10,
    secrets: ['StripeWebhook', 'PayPalWebhook', 'ChangeWebhook'],
    sdks: [],
  },
  reconcile: {
    entry: 'services/payment/reconcile.ts',
    description: 'Turns queued provider events into facts, ledger entries and payment states',
    timeoutSeconds: 30,
    secrets: ['DatabaseReconcile', ...PAYMENT_PROVIDERS],
    sdks: PAYMENT_SDKS,
  },
  sweep: {
    entry: 'services/payment/sweep.ts',
    description: 'Asks the providers about what no webhook has settled',
    timeoutSeconds: 240, // ends before the next one starts
    secrets: ['DatabaseReconcile', ...PAYMENT_PROVIDERS],
    sdks: PAYMENT_SDKS,
  },
  files: {
    entry: 'services/files/api.ts',
    description: 'Uploads, files, their links and the quota',
    timeoutSeconds: 25,
    secrets: ['DatabaseFiles', 'SupabaseTokens', 'SupabaseAdmin'],
    sdks: ['@supabase/supabase-js', ...LIMIT_STORE],
  },
  inspect: {
    entry: 'services/files/inspect.ts',
    description: 'Looks at uploaded files, accepts or refuses them, and sweeps up behind them',
    timeoutSeconds: 120, // ten files of the greatest size, one after the other
    secrets: ['DatabaseFiles', 'SupabaseAdmin'],
    sdks: ['@supabase/supabase-js'],
  },
  changes: {
    entry: 'services/notification/changes.ts',
    description: 'Does what follows from changes in the database',
    timeoutSeconds: 30, // ten changes, and then as many mails
    secrets: ['DatabaseNotification'],
    sdks: [],
  },
  sweepChanges: {
    entry: 'services/notification/sweep-changes.ts',
    description: 'Puts changes on the queue that nobody has handled, and forgets those that were',
    timeoutSeconds: 50, // ends before the next one starts
    secrets: ['DatabaseNotification'],
    sdks: [],
  },
  outbox: {
    entry: 'services/notification/outbox.ts',
    description: 'Sends the mails that users are due',
    timeoutSeconds: 55, // ends before the next one starts
    secrets: ['DatabaseNotification'],
    sdks: [],
  },
  health: {
    entry: 'services/health/api.ts',
    description: 'Says how Postgres, Supabase and the queue are',
    timeoutSeconds: 10,
    secrets: ['DatabaseHealth', 'SupabaseKeys'],
    sdks: [],
  },
} as const satisfies Record<string, FunctionEntry>;

export type FunctionName = keyof typeof FUNCTIONS;

export const FUNCTION_NAMES = Object.keys(FUNCTIONS) as FunctionName[];
