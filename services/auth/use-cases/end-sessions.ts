import type { Queryable } from '#shared/database/queryable';
import type { Now } from '#shared/kernel/ids';
import { endOtherSessions } from '../sql/end-other-sessions';

/** Ends the caller's sessions but the one of this request, or that as well; how many. */
export const endSessions = (
  { database, now }: { readonly database: Queryable; readonly now: Now },
  asked: { readonly userId: string; readonly keepSupabaseSessionId: string | null },
): Promise<number> =>
  endOtherSessions(database, { ...asked, because: 'ended_by_user', now: new Date(now()) });
