import type { Database } from '#shared/database/pool';
import { withTransaction } from '#shared/database/with-transaction';
import { writeAudit } from '#shared/database/write-audit';
import { AppError } from '#shared/errors/app-error';
import type { Actor } from '#shared/kernel/actor';
import type { Now } from '#shared/kernel/ids';
import type { Account } from '../domain/account';
import { endOtherSessions } from '../sql/end-other-sessions';
import { setBan } from '../sql/set-ban';
import { standingOf, wasChanged } from './change-account';

export interface BanUserDeps {
  readonly database: Database;
  readonly now: Now;
}

export interface BanRequest {
  readonly userId: string;
  readonly reason: string;
  /** ISO 8601; null: until it is lifted. */
  readonly until: string | null;
}

/** Milliseconds that a ban without an end lasts, as Supabase's own: its tables hold no other "for ever". */
const CENTURY_MS = 876_000 * 3_600_000;

/**
 * Keeps an account out: Supabase lets it neither sign in nor refresh, and all its sessions end, here and there, with the line
 * in the audit log or not at all. Access tokens already given out are refused on every route that asks for the session.
 *
 * @throws AppError `request_invalid` for a moment that is not in the coming hundred years; `not_found`, `own_account`,
 * `forbidden`
 */
export const banUser = (
  deps: BanUserDeps,
  actor: Actor,
  { userId, reason, until }: BanRequest,
): Promise<Account> => {
  const now = deps.now();
  const untilMs = until === null ? now + CENTURY_MS : Date.parse(until);
  if (untilMs <= now || untilMs > now + CENTURY_MS) {
    throw new AppError('request_invalid', {
      errors: [{ pointer: '/body/until', message: 'must be in the future' }],
    });
  }
  return withTransaction(deps.database, async (tx) => {
    const wanted = new Date(untilMs);
    const { outcome, was } = await setBan(tx, { actorId: actor.userId, userId, until: wanted });
    if (wasChanged(outcome)) {
      const ended = await endOtherSessions(tx, {
        userId,
        keepSupabaseSessionId: null,
        because: 'ended_by_operator',
        now: new Date(now),
      });
      await writeAudit(tx, {
        actor,
        action: 'users.ban',
        target: userId,
        before: { banned_until: was },
        after: { banned_until: wanted, reason, sessions_ended: ended },
      });
    }
    return standingOf(tx, userId);
  });
};

/** Lets an account in again; it signs in anew. Throws as banUser does. */
export const unbanUser = ({ database }: BanUserDeps, actor: Actor, userId: string): Promise<Account> =>
  withTransaction(database, async (tx) => {
    const { outcome, was } = await setBan(tx, { actorId: actor.userId, userId, until: null });
    if (wasChanged(outcome)) {
      const line = { actor, action: 'users.unban', target: userId };
      await writeAudit(tx, { ...line, before: { banned_until: was }, after: { banned_until: null } });
    }
    return standingOf(tx, userId);
  });
