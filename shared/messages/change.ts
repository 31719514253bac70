import * as z from 'zod/mini';

/** The message behind which a change in the database is handled: the id of its record and nothing else. */
export const changeMessageSchema = z.strictObject({
  version: z.literal(1),
  /** Of private.changes. */
  id: z.uuid(),
});

export type ChangeMessage = z.infer<typeof changeMessageSchema>;
