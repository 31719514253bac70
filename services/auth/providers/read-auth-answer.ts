import type { Session, User } from '@supabase/supabase-js';
import { decodeJwt } from 'jose';
import type { Account, ProviderSession, SignedIn } from '../ports';
import { unusable } from './attempt';

/** What supabase-js resolves to when it signs somebody in. */
export interface AuthAnswer {
  readonly data: { readonly user: User | null; readonly session: Session | null };
  readonly error: Error | null;
}

/** Who signed in, from an answer of supabase-js. */
export const signedIn = ({ data, error }: AuthAnswer): SignedIn => {
  if (error !== null) throw error;
  if (data.session === null) throw unusable('answered without a session');
  return { account: accountOf(data.user ?? data.session.user), session: sessionOf(data.session) };
};

/** The account of an answer. */
export const accountOf = (user: User | null): Account => {
  if (user === null) throw unusable('answered without a user');
  return {
    id: user.id,
    email: user.email === undefined || user.email === '' ? null : user.email,
    metadata: user.user_metadata ?? {},
  };
};

/** The session of an answer, named by its access token. */
export const sessionOf = (session: Session): ProviderSession => {
  const { session_id: id } = decodeJwt(session.access_token);
  if (typeof id !== 'string') throw unusable('gave an access token that names no session');
  return {
    id,
    accessToken: session.access_token,
    refreshToken: session.refresh_token,
    tokenType: session.token_type,
    expiresIn: session.expires_in,
    expiresAt: session.expires_at ?? 0,
  };
};
