import * as z from 'zod/mini';

const text = z.string().check(z.minLength(1));

const database = {
  /** As tandem_auth. */
  DATABASE_URL: text,
  /** PEM certificate of the authority that signed the server's, by which it has to prove who it is. */
  DATABASE_CA: z.optional(z.string().check(z.includes('-----BEGIN CERTIFICATE-----'))),
};

/** The entries of a comma-separated list, without blanks and empty ones. */
export const readList = (value: string): string[] =>
  value
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');

const limits = {
  PROVIDER_MODE: z.enum(['live', 'test']),
  /** Valkey or Redis that keeps the counts of calls; without it, Postgres does. */
  REDIS_URL: z.optional(z.url({ protocol: /^rediss?$/ })),
  /** Multiplies every limit: for load tests of a test stage. */
  RATE_LIMIT_FACTOR: z.optional(z.string().check(z.regex(/^[1-9][0-9]{0,3}$/))),
  /** Secrets for the hashes of accounts and the marks of devices, comma-separated; the first makes new ones. */
  ACCOUNT_KEYS: z.string().check(z.regex(/^[^\s,]{32,}(,[^\s,]{32,})*$/)),
};

/** Where real money moves, limits are what the contract says. */
const limitsFitMode = z.refine<z.output<z.ZodMiniObject<typeof limits>>>(
  ({ PROVIDER_MODE: mode, RATE_LIMIT_FACTOR: factor }) => mode === 'test' || (factor ?? '1') === '1',
  { path: ['RATE_LIMIT_FACTOR'] },
);

const authEnv = z.object({
  ...database,
  SUPABASE_URL: z.url({ protocol: /^https?$/ }),
  /** Only for projects that sign by shared secret. */
  SUPABASE_JWT_SECRET: z.optional(z.string().check(z.minLength(32))),
  SUPABASE_PUBLISHABLE_KEY: text,
  /** Where people use the product: pages of its origin may call with cookies. */
  SITE_URL: z.url({ protocol: /^https?$/ }),
  /** Where else people may be sent after signing in, comma-separated: exact addresses, or ending in `/*` for all below. */
  REDIRECT_URLS: z.optional(
    z
      .string()
      .check(
        z.refine(
          (value) => readList(value).every((entry) => URL.canParse(entry)),
          'must be a list of addresses',
        ),
      ),
  ),
  /** Queue of the mail function. */
  MAIL_QUEUE_URL: z.url({ protocol: /^https?$/ }),
  /** Milliseconds; sign-ins are refused at whole multiples of it. Default 300 (docs/enumeration.md). */
  SIGN_IN_STEP_MS: z.optional(z.string().check(z.regex(/^[0-9]{1,4}$/))),
  ...limits,
});

/** What the function reads from its environment and its secrets. */
export const authEnvSchema = authEnv.check(limitsFitMode);

/** The same for the mail function. */
export const mailEnvSchema = z.object({
  ...database,
  SUPABASE_URL: z.url({ protocol: /^https?$/ }),
  SUPABASE_PUBLISHABLE_KEY: text,
  SITE_URL: z.url({ protocol: /^https?$/ }),
  ACCOUNT_KEYS: limits.ACCOUNT_KEYS,
});
