import type { IdentityProvider } from '../ports';
import { type Client, type Entry, enter, type StartSessionDeps } from './start-session';

export interface SignInDeps extends StartSessionDeps {
  readonly identity: Pick<IdentityProvider, 'signIn'>;
}

/** Signs in by password and opens a session. */
export const signIn = async (
  deps: SignInDeps,
  asked: { readonly email: string; readonly password: string },
  client: Client,
): Promise<Entry> => enter(deps, await deps.identity.signIn(asked), 'password', client);
