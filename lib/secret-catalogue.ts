type SecretEntry = { readonly description: string; readonly keys: readonly string[] };

/** Where Postgres is, and the certificate of who signed its own. */
const DATABASE = ['DATABASE_URL', 'DATABASE_CA'] as const;

/**
 * Every secret and the keys of its JSON object, which are the names that the functions read. One secret for each group
 * of values that the same functions need: a function can read its own and no other.
 */
export const SECRETS = {
  DatabaseAuth: {
    description: 'Postgres as tandem_auth; Valkey or Redis where one keeps the counts of calls',
    keys: [...DATABASE, 'REDIS_URL'],
  },
  DatabasePayment: {
    description: 'Postgres as tandem_payment; Valkey or Redis where one keeps the counts of calls',
    keys: [...DATABASE, 'REDIS_URL'],
  },
  DatabaseReconcile: { description: 'Postgres as tandem_reconcile', keys: DATABASE },
  DatabaseFiles: {
    description: 'Postgres as tandem_files; Valkey or Redis where one keeps the counts of calls',
    keys: [...DATABASE, 'REDIS_URL'],
  },
  DatabaseNotification: { description: 'Postgres as tandem_notification', keys: DATABASE },
  DatabaseHealth: { description: 'Postgres as tandem_health', keys: DATABASE },
  SupabaseTokens: {
    description: 'How access tokens are verified; the shared secret only for projects that sign with one',
    keys: ['SUPABASE_URL', 'SUPABASE_JWT_SECRET'],
  },
  SupabaseKeys: {
    description: 'Where the Supabase project is, and its publishable key',
    keys: ['SUPABASE_URL', 'SUPABASE_PUBLISHABLE_KEY'],
  },
  SupabaseAdmin: {
    description: 'Where the Supabase project is, and its secret key, which passes by row-level security',
    keys: ['SUPABASE_URL', 'SUPABASE_SECRET_KEY'],
  },
  AccountKeys: {
    description:
      'Random texts of at least 32 characters, by commas, the newest first: hash accounts, mark known devices, seal what waits for the mail function',
    keys: ['ACCOUNT_KEYS'],
  },
  StripeApi: {
    description: 'Stripe secret or restricted key; the base only for a stand-in',
    keys: ['STRIPE_SECRET_KEY', 'STRIPE_API_BASE'],
  },
  StripeWebhook: {
    description:
      'Signing secrets of the Stripe endpoint, by commas while one is rolled; acct_... to take only its events',
    keys: ['STRIPE_WEBHOOK_SECRETS', 'STRIPE_ACCOUNT'],
  },
  PayPalApi: {
    description: 'PayPal REST app; the base only for a stand-in',
    keys: ['PAYPAL_CLIENT_ID', 'PAYPAL_CLIENT_SECRET', 'PAYPAL_API_BASE'],
  },
  PayPalWebhook: {
    description:
      'PayPal webhook id; origins and roots of its certificates only where they differ from PayPal’s own',
    keys: ['PAYPAL_WEBHOOK_ID', 'PAYPAL_CERT_ORIGINS', 'PAYPAL_TRUST_ROOTS'],
  },
  ChangeWebhook: {
    description: 'What the database signs its changes with, whsec_<base64>; by commas while one is rolled',
    keys: ['CHANGE_WEBHOOK_SECRETS'],
  },
} as const satisfies Record<string, SecretEntry>;

export type SecretName = keyof typeof SECRETS;

export const SECRET_NAMES = Object.keys(SECRETS) as SecretName[];
