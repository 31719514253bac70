import type { Queryable } from '#shared/database/queryable';
import { hashSessionToken } from '#shared/identity/session-token';
import type { Now } from '#shared/kernel/ids';
import { endSessionByToken } from '../sql/end-session-by-token';

/** Ends the session of an opaque token, here and at Supabase. A token that nobody knows is as good as ended. */
export const endOpaqueSession = (
  { database, now }: { readonly database: Queryable; readonly now: Now },
  token: string,
): Promise<void> => endSessionByToken(database, { tokenHash: hashSessionToken(token), now: new Date(now()) });
