import type { Queryable } from '#shared/database/queryable';

const HOLD = 'select from private.hold_account($1)';

const LOCK = 'select from private.sessions where supabase_session_id = $1 for no key update';

/**
 * Locks the session on a Supabase session, if there is one, against rotations until the transaction ends. The account first,
 * as its deletion does.
 */
export const lockSession = async (
  tx: Queryable,
  { userId, supabaseSessionId }: { readonly userId: string; readonly supabaseSessionId: string },
): Promise<void> => {
  await tx.query(HOLD, [userId]);
  await tx.query(LOCK, [supabaseSessionId]);
};
