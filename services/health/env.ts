import * as z from 'zod/mini';

/** What the function reads from its environment and its secrets. */
export const healthEnvSchema = z.object({
  /** As tandem_health. */
  DATABASE_URL: z.string().check(z.minLength(1)),
  /** PEM certificate of the authority that signed the server's, by which it has to prove who it is. */
  DATABASE_CA: z.optional(z.string().check(z.includes('-----BEGIN CERTIFICATE-----'))),
  SUPABASE_URL: z.url({ protocol: /^https?$/ }),
  EVENT_QUEUE_URL: z.url({ protocol: /^https?$/ }),
});
