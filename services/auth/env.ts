import * as z from 'zod/mini';

const text = z.string().check(z.minLength(1));

/** What the function reads from its environment and its secrets. */
export const authEnvSchema = z.object({
  /** As tandem_auth. */
  DATABASE_URL: text,
  SUPABASE_URL: z.url({ protocol: /^https?$/ }),
  /** Only for projects that sign by shared secret. */
  SUPABASE_JWT_SECRET: z.optional(z.string().check(z.minLength(32))),
  SUPABASE_PUBLISHABLE_KEY: text,
  /** Where people use the product: pages of its origin may call with cookies. */
  SITE_URL: z.url({ protocol: /^https?$/ }),
});
