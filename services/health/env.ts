import * as z from 'zod/mini';

/** What the function reads from its environment and its secrets. */
export const healthEnvSchema = z.object({
  /** As tandem_health. */
  DATABASE_URL: z.string().check(z.minLength(1)),
  SUPABASE_URL: z.url({ protocol: /^https?$/ }),
  EVENT_QUEUE_URL: z.url({ protocol: /^https?$/ }),
});
