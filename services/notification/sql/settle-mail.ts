import type { Queryable } from '#shared/database/queryable';
import type { MailState } from '../domain/mail-outcome';

const TEXT = `
  update private.outbox
  set state = $3, error_code = $4, message_id = $5, due_at = coalesce($6, due_at), claim = case when $3 = 'due' then null else claim end,
      claimed_until = null, settled_at = case when $3 = 'due' then null else $7::timestamptz end
  where id = $1 and claim = $2 and state in ('sending', 'unknown')`;

/** Notes how a mail stands after an attempt: also one that was given up as unknown, while its process slept. */
export const settleMail = async (
  database: Queryable,
  id: string,
  claimId: string,
  after: MailState,
  now: Date,
): Promise<void> => {
  await database.query(TEXT, [
    id,
    claimId,
    after.state,
    after.state === 'sent' ? null : after.code,
    after.state === 'sent' ? after.messageId : null,
    after.state === 'due' ? new Date(after.dueAtMs) : null,
    now,
  ]);
};
