import * as z from 'zod/mini';

/** The message behind which the mail function does what a route of accounts has promised: a row's id and nothing else. */
export const pendingMailSchema = z.strictObject({
  version: z.literal(1),
  /** Of private.pending_mails. */
  id: z.uuid(),
});

export type PendingMailMessage = z.infer<typeof pendingMailSchema>;
