import type { Queryable } from '#shared/database/queryable';
import { TOKEN_OVERLAP_MS } from '#shared/identity/session-lifetime';

const TEXT = 'select private.end_reused_session($1, $2, $3)';

/** Ends the session whose long replaced token was used, here and at Supabase. Nothing for any other token. */
export const endReusedSession = async (
  database: Queryable,
  { tokenHash, nowMs }: { readonly tokenHash: Buffer; readonly nowMs: number },
): Promise<void> => {
  await database.query(TEXT, [tokenHash, new Date(nowMs - TOKEN_OVERLAP_MS), new Date(nowMs)]);
};
