import type { Queryable } from '#shared/database/queryable';
import { hashSessionToken } from '#shared/identity/session-token';
import type { Now } from '#shared/kernel/ids';
import { endSessionByToken } from '../sql/end-session-by-token';

/** Ends the session of an opaque token, here and at Supabase, because its browser has just been given another. */
export const endReplacedSession = (
  { database, now }: { readonly database: Queryable; readonly now: Now },
  token: string,
): Promise<void> => endSessionByToken(database, { tokenHash: hashSessionToken(token), now: new Date(now()) });
