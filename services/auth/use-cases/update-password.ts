import type { Database } from '#shared/database/pool';
import { withTransaction } from '#shared/database/with-transaction';
import { AppError } from '#shared/errors/app-error';
import type { Now } from '#shared/kernel/ids';
import type { Account, IdentityProvider, ProviderSession, SignedIn } from '../ports';
import { endOtherSessions } from '../sql/end-other-sessions';
import { findPasswordChange, type PasswordChange } from '../sql/find-password-change';
import { type Client, type Entry, startSession } from './start-session';

export interface UpdatePasswordDeps {
  readonly database: Database;
  readonly identity: Pick<IdentityProvider, 'signIn' | 'setPassword'>;
  readonly now: Now;
}

export interface UpdatePassword {
  readonly userId: string;
  readonly sessionId: string | null;
  readonly password: string;
  readonly currentPassword: string | undefined;
  /** The Supabase access token the caller came with; null for an opaque token. */
  readonly accessToken: string | null;
}

/** How long a recovery mail's session may set a password. */
const RECOVERY_MS = 15 * 60_000;

/**
 * Sets a new password: by the current one (asked of the provider by signing in, so that a stolen session cannot take the
 * account over), or on the strength of a recovery mail. Every other session ends, here and at Supabase; the one that
 * remains gets a new token and loses the recovery's power.
 */
export const updatePassword = async (
  deps: UpdatePasswordDeps,
  asked: UpdatePassword,
  client: Client,
): Promise<Entry> => {
  const { database, identity, now } = deps;
  const recoveredSince = new Date(now() - RECOVERY_MS);
  const change = await findPasswordChange(database, { ...asked, recoveredSince });
  if (change === null || change.email === null) throw new AppError('forbidden');
  const { email } = change;

  const { account, supabaseSessionId, accessToken, session } =
    asked.currentPassword === undefined
      ? proofByRecovery(asked, change)
      : proofByPassword(await identity.signIn({ email, password: asked.currentPassword }));
  await identity.setPassword({ accessToken, password: asked.password });

  return withTransaction(database, async (tx) => {
    const keep = { userId: asked.userId, keepSupabaseSessionId: supabaseSessionId, now: new Date(now()) };
    await endOtherSessions(tx, keep);
    const opened = { account, supabaseSessionId, openedBy: 'password', client } as const;
    return { user: await startSession({ database: tx, now }, opened), session };
  });
};

/** On whose strength the password is set; its Supabase session is the one that remains. */
interface Proof {
  readonly account: Account;
  readonly supabaseSessionId: string;
  readonly accessToken: string;
  /** Null where the caller holds it already. */
  readonly session: ProviderSession | null;
}

const proofByPassword = ({ account, session }: SignedIn): Proof => ({
  account,
  supabaseSessionId: session.id,
  accessToken: session.accessToken,
  session,
});

const proofByRecovery = (
  { userId, accessToken }: UpdatePassword,
  { email, recovering, supabaseSessionId }: PasswordChange,
): Proof => {
  if (!recovering || supabaseSessionId === null || accessToken === null) {
    throw new AppError('forbidden', {
      detail:
        'Send current_password, or the access token that a recovery mail brought within the last 15 minutes.',
    });
  }
  return { account: { id: userId, email, metadata: {} }, supabaseSessionId, accessToken, session: null };
};
