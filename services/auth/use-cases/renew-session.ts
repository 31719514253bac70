import type { Queryable } from '#shared/database/queryable';
import type { Now } from '#shared/kernel/ids';
import { lockSession } from '../sql/lock-session';
import { type EnteredUser, type StartSession, startSession } from './start-session';

/**
 * startSession where one may stand already, as its power changes: within a transaction, and after the rotations under way. A
 * token that one of them retires meanwhile would stay good for its overlap.
 *
 * @throws AppError `session_ended`
 */
export const renewSession = async (tx: Queryable, now: Now, asked: StartSession): Promise<EnteredUser> => {
  const { account, supabaseSessionId } = asked;
  await lockSession(tx, { userId: account.id, supabaseSessionId });
  return startSession({ database: tx, now }, asked);
};
