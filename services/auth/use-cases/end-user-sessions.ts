import type { Database } from '#shared/database/pool';
import { withTransaction } from '#shared/database/with-transaction';
import { writeAudit } from '#shared/database/write-audit';
import { AppError } from '#shared/errors/app-error';
import type { Actor } from '#shared/kernel/actor';
import type { Now } from '#shared/kernel/ids';
import { countLiveSessions } from '../sql/count-live-sessions';
import { endOtherSessions } from '../sql/end-other-sessions';
import { findAccount } from '../sql/list-accounts';

/**
 * Ends all sessions of an account, here and at Supabase; how many. Support does so for ordinary users alone, or it could keep
 * admins out.
 *
 * @throws AppError `not_found`, `forbidden`
 */
export const endUserSessions = (
  { database, now }: { readonly database: Database; readonly now: Now },
  actor: Actor,
  userId: string,
): Promise<number> =>
  withTransaction(database, async (tx) => {
    const account = await findAccount(tx, userId);
    if (account === null) throw new AppError('not_found');
    if (account.role !== 'user' && actor.role !== 'admin') throw new AppError('forbidden');
    const at = new Date(now());
    const sessions = await countLiveSessions(tx, { userId, now: at });
    const ended = await endOtherSessions(tx, {
      userId,
      keepSupabaseSessionId: null,
      because: 'ended_by_operator',
      now: at,
    });
    const line = { actor, action: 'sessions.end', target: userId };
    await writeAudit(tx, { ...line, before: { sessions }, after: { ended } });
    return ended;
  });
