import type { Queryable } from '#shared/database/queryable';

const TEXT = `
  with retired as (
    insert into private.session_tokens (token_hash, session_id, nonce, retired_at) values ($2, $1, $3, $5)
  )
  update private.sessions set
    token_hash = $4, last_used_at = $5, idle_expires_at = least($6, absolute_expires_at)
  where id = $1`;

/** Retires a session's token and puts its successor in its place; the session is locked already (lockRotation). */
export const replaceToken = async (
  tx: Queryable,
  asked: {
    readonly sessionId: string;
    readonly retired: Buffer;
    readonly nonce: Buffer;
    readonly current: Buffer;
    readonly now: Date;
    readonly idleExpiresAt: Date;
  },
): Promise<void> => {
  const { sessionId, retired, nonce, current, now, idleExpiresAt } = asked;
  await tx.query(TEXT, [sessionId, retired, nonce, current, now, idleExpiresAt]);
};
