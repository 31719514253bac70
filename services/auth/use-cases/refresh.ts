import type { Queryable } from '#shared/database/queryable';
import { AppError } from '#shared/errors/app-error';
import { SESSION_IDLE_MS } from '#shared/identity/session-lifetime';
import type { Now } from '#shared/kernel/ids';
import type { IdentityProvider } from '../ports';
import { endSupabaseSession } from '../sql/end-supabase-session';
import { noteSessionUse } from '../sql/note-session-use';
import type { Entry } from './start-session';

export interface RefreshDeps {
  readonly database: Queryable;
  readonly identity: Pick<IdentityProvider, 'refresh'>;
  readonly now: Now;
}

/** Trades a refresh token for a new access token. Rotation and reuse detection are Supabase's. */
export const refresh = async (
  { database, identity, now }: RefreshDeps,
  refreshToken: string,
): Promise<Entry> => {
  const { account, session } = await identity.refresh(refreshToken);
  const asked = { supabaseSessionId: session.id, userId: account.id, now: new Date(now()) };
  const idleExpiresAt = new Date(now() + SESSION_IDLE_MS);
  const { name, lives } = await noteSessionUse(database, { ...asked, idleExpiresAt });
  if (!lives) {
    // Ours ran out while Supabase's went on: what came back must not be used either.
    await endSupabaseSession(database, asked);
    throw new AppError('session_ended');
  }
  return { user: { id: account.id, email: account.email, name, token: null }, session };
};
