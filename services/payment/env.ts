import * as z from 'zod/mini';

/** What each entry reads from its environment and secrets, checked at init. */
const database = {
  DATABASE_URL: z.string().check(z.minLength(1)),
  /** PEM certificate of the authority that signed the server's, by which it has to prove who it is. */
  DATABASE_CA: z.optional(z.string().check(z.includes('-----BEGIN CERTIFICATE-----'))),
};

const identity = {
  SUPABASE_URL: z.url(),
  SUPABASE_JWT_SECRET: z.optional(z.string().check(z.minLength(32))),
};

/** Where events can be put again, and where those events and changes are that were tried in vain. */
const queues = {
  EVENT_QUEUE_URL: z.url({ protocol: /^https?$/ }),
  DEAD_LETTERS_URL: z.url({ protocol: /^https?$/ }),
  CHANGE_DEAD_LETTERS_URL: z.url({ protocol: /^https?$/ }),
};

const limits = {
  /** Valkey or Redis that keeps the counts of calls; without it, Postgres does. */
  REDIS_URL: z.optional(z.url({ protocol: /^rediss?$/ })),
  /** Multiplies every limit: for load tests of a test stage. */
  RATE_LIMIT_FACTOR: z.optional(z.string().check(z.regex(/^[1-9][0-9]{0,3}$/))),
};

/** Set for each provider that this installation has an account with; one is enough. */
const providers = {
  /** Which of the providers' two worlds this stage lives in. */
  PROVIDER_MODE: z.enum(['live', 'test']),
  STRIPE_SECRET_KEY: z.optional(z.string().check(z.regex(/^[sr]k_(?:test|live)_\S+$/))),
  STRIPE_API_BASE: z.optional(z.url()),
  PAYPAL_CLIENT_ID: z.optional(z.string().check(z.minLength(1))),
  PAYPAL_CLIENT_SECRET: z.optional(z.string().check(z.minLength(1))),
  PAYPAL_API_BASE: z.optional(z.url()),
  SITE_URL: z.url(),
};

type Providers = z.output<z.ZodMiniObject<typeof providers>>;

/** A live key in a test stage, or the other way round, must not start: it would take real money, or none. */
const keyFitsMode = z.refine<Providers>(
  ({ PROVIDER_MODE: mode, STRIPE_SECRET_KEY: key }) =>
    key === undefined || key.slice(3).startsWith(`${mode}_`),
  { path: ['STRIPE_SECRET_KEY'] },
);

/** Half a configuration is a mistake, not a wish to do without. */
const isPayPalWhole = z.refine<Providers>(
  (env) => (env.PAYPAL_CLIENT_ID === undefined) === (env.PAYPAL_CLIENT_SECRET === undefined),
  { path: ['PAYPAL_CLIENT_SECRET'] },
);

/** Where real money moves, limits are what the contract says. */
const limitsFitMode = z.refine<Providers & z.output<z.ZodMiniObject<typeof limits>>>(
  ({ PROVIDER_MODE: mode, RATE_LIMIT_FACTOR: factor }) => mode === 'test' || (factor ?? '1') === '1',
  { path: ['RATE_LIMIT_FACTOR'] },
);

const sellsAtAll = z.refine<Providers>(
  (env) => env.STRIPE_SECRET_KEY !== undefined || env.PAYPAL_CLIENT_ID !== undefined,
  { path: ['STRIPE_SECRET_KEY'] },
);

export const reconcileEnvSchema = z
  .object({ ...database, ...providers })
  .check(keyFitsMode, isPayPalWhole, sellsAtAll);

export const apiEnvSchema = z
  .object({ ...database, ...identity, ...providers, ...queues, ...limits })
  .check(keyFitsMode, isPayPalWhole, sellsAtAll, limitsFitMode);

export type ReconcileEnv = z.output<typeof reconcileEnvSchema>;
