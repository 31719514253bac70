import * as z from 'zod/mini';

/** What each entry reads from its environment and secrets, checked at init. */
const database = { DATABASE_URL: z.string().check(z.minLength(1)) };

const identity = {
  SUPABASE_URL: z.url(),
  SUPABASE_JWT_SECRET: z.optional(z.string().check(z.minLength(32))),
};

const providers = {
  /** Which of the providers' two worlds this stage lives in. */
  PROVIDER_MODE: z.enum(['live', 'test']),
  STRIPE_SECRET_KEY: z.string().check(z.regex(/^[sr]k_(?:test|live)_\S+$/)),
  STRIPE_API_BASE: z.optional(z.url()),
  PAYPAL_CLIENT_ID: z.string().check(z.minLength(1)),
  PAYPAL_CLIENT_SECRET: z.string().check(z.minLength(1)),
  PAYPAL_API_BASE: z.optional(z.url()),
  SITE_URL: z.url(),
};

/** A live key in a test stage, or the other way round, must not start: it would take real money, or none. */
const keyFitsMode = z.refine<{ readonly PROVIDER_MODE: string; readonly STRIPE_SECRET_KEY: string }>(
  (env) => env.STRIPE_SECRET_KEY.slice(3).startsWith(`${env.PROVIDER_MODE}_`),
  { path: ['STRIPE_SECRET_KEY'] },
);

export const reconcileEnvSchema = z.object({ ...database, ...providers }).check(keyFitsMode);

export const apiEnvSchema = z.object({ ...database, ...identity, ...providers }).check(keyFitsMode);

export type ReconcileEnv = z.output<typeof reconcileEnvSchema>;
