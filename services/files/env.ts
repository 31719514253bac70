import * as z from 'zod/mini';

const text = z.string().check(z.minLength(1));
const address = z.url({ protocol: /^https?$/ });

/** What both functions need: their rows, and the objects behind them. */
const common = {
  /** As tandem_files. */
  DATABASE_URL: text,
  /** PEM certificate of the authority that signed the server's, by which it has to prove who it is. */
  DATABASE_CA: z.optional(z.string().check(z.includes('-----BEGIN CERTIFICATE-----'))),
  SUPABASE_URL: address,
  /** Passes by the policies of Storage. */
  SUPABASE_SECRET_KEY: text,
};

const api = z.object({
  ...common,
  SUPABASE_JWT_SECRET: z.optional(z.string().check(z.minLength(32))),
  SITE_URL: address,
  /** Queue of the inspection. */
  FILE_QUEUE_URL: address,
  PROVIDER_MODE: z.enum(['live', 'test']),
  /** Valkey or Redis that keeps the counts of calls; without it, Postgres does. */
  REDIS_URL: z.optional(z.url({ protocol: /^rediss?$/ })),
  /** Multiplies every limit: for load tests of a test stage. */
  RATE_LIMIT_FACTOR: z.optional(z.string().check(z.regex(/^[1-9][0-9]{0,3}$/))),
});

/** Where real money moves, limits are what the contract says. */
const limitsFitMode = z.refine<z.output<typeof api>>(
  ({ PROVIDER_MODE: mode, RATE_LIMIT_FACTOR: factor }) => mode === 'test' || (factor ?? '1') === '1',
  { path: ['RATE_LIMIT_FACTOR'] },
);

export const apiEnvSchema = api.check(limitsFitMode);

export const inspectEnvSchema = z.object(common);
