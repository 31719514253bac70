import type { Database } from '#shared/database/pool';
import { withTransaction } from '#shared/database/with-transaction';
import { AppError } from '#shared/errors/app-error';
import { SESSION_IDLE_MS, TOKEN_OVERLAP_MS } from '#shared/identity/session-lifetime';
import { hashSessionToken, makeRotationNonce, successorOf } from '#shared/identity/session-token';
import type { Now } from '#shared/kernel/ids';
import { findSuccessor } from '../domain/find-successor';
import { lockRotation } from '../sql/lock-rotation';
import { replaceToken } from '../sql/replace-token';
import type { Entry } from './start-session';

export interface RotateSessionDeps {
  readonly database: Database;
  readonly now: Now;
}

/**
 * Replaces a session's opaque token. All who ask with one token within its overlap get the same successor: parallel
 * refreshes of one browser agree, and a lost answer can be asked for again.
 *
 * @throws AppError `session_ended`
 */
export const rotateSession = async (
  { database, now }: RotateSessionDeps,
  {
    sessionId,
    userId,
    token,
  }: { readonly sessionId: string; readonly userId: string; readonly token: string },
): Promise<Entry> => {
  const nowMs = now();
  const { name, email, next } = await withTransaction(database, async (tx) => {
    const rotation = await lockRotation(tx, { sessionId, retiredAfter: new Date(nowMs - TOKEN_OVERLAP_MS) });
    if (rotation === null) throw new AppError('session_ended');
    const newest = findSuccessor(token, rotation.retired, { hash: hashSessionToken, successorOf });
    // Its overlap ran out, or its session was renewed otherwise, between the check of the credential and the lock.
    if (!hashSessionToken(newest).equals(rotation.tokenHash)) throw new AppError('session_ended');
    if (newest !== token) return { ...rotation, next: newest };
    const nonce = makeRotationNonce();
    const successor = successorOf(token, nonce);
    await replaceToken(tx, {
      sessionId,
      retired: rotation.tokenHash,
      nonce,
      current: hashSessionToken(successor),
      now: new Date(nowMs),
      idleExpiresAt: new Date(nowMs + SESSION_IDLE_MS),
    });
    return { ...rotation, next: successor };
  });
  return { user: { id: userId, email, name, token: next }, session: null };
};
