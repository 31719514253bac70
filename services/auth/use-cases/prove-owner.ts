import { AppError } from '#shared/errors/app-error';
import { findOwner } from '../sql/find-owner';
import { type SignInAsOwnerDeps, signInAsOwner } from './sign-in-as-owner';

export type ProveOwnerDeps = SignInAsOwnerDeps;

/** Who asks for something that a stolen session must not get. */
export interface Claim {
  readonly userId: string;
  readonly sessionId: string | null;
  readonly currentPassword: string | undefined;
}

/** What the proof left behind: a session at the provider, where it was made by password; to be ended after use. */
export interface ProvenOwner {
  readonly passwordSession: { readonly id: string; readonly accessToken: string } | null;
}

/** How long a sign-in is recent. */
const RECENT_MS = 15 * 60_000;

/**
 * Makes sure that the account's owner asks, not somebody who found an open session: by the current password, or by a session
 * that was opened within a quarter of an hour.
 *
 * @throws AppError `credentials_invalid`, `forbidden`
 */
export const proveOwner = async (
  deps: ProveOwnerDeps,
  { userId, sessionId, currentPassword }: Claim,
): Promise<ProvenOwner> => {
  const openedAfter = new Date(deps.now() - RECENT_MS);
  const owner = await findOwner(deps.database, { userId, sessionId, openedAfter });
  if (owner === null) throw new AppError('forbidden');
  if (currentPassword === undefined) {
    if (owner.recent) return { passwordSession: null };
    throw new AppError('forbidden', {
      detail: 'Send current_password, or sign in and try again within 15 minutes.',
    });
  }
  if (owner.email === null) throw new AppError('credentials_invalid');
  const credentials = { userId, email: owner.email, password: currentPassword };
  const { session } = await signInAsOwner(deps, credentials);
  return { passwordSession: { id: session.id, accessToken: session.accessToken } };
};
