import type { Queryable } from '#shared/database/queryable';
import { AppError } from '#shared/errors/app-error';
import { SESSION_ABSOLUTE_MS, SESSION_IDLE_MS } from '#shared/identity/session-lifetime';
import { hashSessionToken, makeSessionToken } from '#shared/identity/session-token';
import type { Now } from '#shared/kernel/ids';
import { nameOf } from '../domain/account-name';
import type { Account, ProviderSession, SignedIn } from '../ports';
import { type OpenedBy, openSession } from '../sql/open-session';

/** Where a session was opened from, for its owner to recognise it. */
export interface Client {
  readonly userAgent: string | null;
  readonly address: string | null;
}

export interface StartSessionDeps {
  readonly database: Queryable;
  readonly now: Now;
}

/** Who is signed in. `token` is shown once and never again; null where the caller holds it already or there is none. */
export interface EnteredUser {
  readonly id: string;
  readonly email: string | null;
  readonly name: string;
  readonly token: string | null;
}

/** What signing in gives: our session's token and the provider's session; null where the caller holds that already. */
export interface Entry {
  readonly user: EnteredUser;
  readonly session: ProviderSession | null;
}

export interface StartSession {
  readonly account: Account;
  readonly supabaseSessionId: string;
  readonly openedBy: OpenedBy;
  readonly client: Client;
  /** A session that stands already goes on as what it was opened by. */
  readonly keepsOpening?: boolean;
}

/**
 * Puts a session of ours on a Supabase session, or gives the one that stands on it a new token, and makes or refreshes
 * the local profile.
 *
 * @throws AppError `session_ended` when the session on that Supabase session has ended, or the account is gone
 */
export const startSession = async (
  { database, now }: StartSessionDeps,
  { account, supabaseSessionId, openedBy, client, keepsOpening = false }: StartSession,
): Promise<EnteredUser> => {
  const token = makeSessionToken();
  const nowMs = now();
  const opened = await openSession(database, {
    userId: account.id,
    name: nameOf(account.metadata),
    tokenHash: hashSessionToken(token),
    supabaseSessionId,
    openedBy,
    keepsOpening,
    now: new Date(nowMs),
    idleExpiresAt: new Date(nowMs + SESSION_IDLE_MS),
    absoluteExpiresAt: new Date(nowMs + SESSION_ABSOLUTE_MS),
    userAgent: client.userAgent,
    address: client.address,
  });
  if (opened === null || opened.sessionId === null) throw new AppError('session_ended');
  return { id: account.id, email: account.email, name: opened.name, token };
};

/** Signs in with what the provider answered. */
export const enter = async (
  deps: StartSessionDeps,
  { account, session }: SignedIn,
  openedBy: StartSession['openedBy'],
  client: Client,
): Promise<Entry> => ({
  user: await startSession(deps, { account, supabaseSessionId: session.id, openedBy, client }),
  session,
});
