import type { Queryable } from '#shared/database/queryable';
import { AppError } from '#shared/errors/app-error';
import type { Now } from '#shared/kernel/ids';
import type { IdentityProvider, SignedIn } from '../ports';
import { endSupabaseSession } from '../sql/end-supabase-session';

export interface SignInAsOwnerDeps {
  readonly database: Queryable;
  readonly identity: Pick<IdentityProvider, 'signIn'>;
  readonly now: Now;
}

/**
 * Signs in by password to prove that the owner of an account asks. The address is our copy of the provider's and may be behind
 * it: where it has become another account's, that one's password proves nothing.
 *
 * @throws AppError `credentials_invalid`
 */
export const signInAsOwner = async (
  { database, identity, now }: SignInAsOwnerDeps,
  { userId, ...credentials }: { readonly userId: string; readonly email: string; readonly password: string },
): Promise<SignedIn> => {
  const signedIn = await identity.signIn(credentials);
  const { account, session } = signedIn;
  if (account.id === userId) return signedIn;
  const found = { supabaseSessionId: session.id, userId: account.id };
  await endSupabaseSession(database, { ...found, now: new Date(now()) });
  throw new AppError('credentials_invalid');
};
