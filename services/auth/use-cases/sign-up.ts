import { nameOf } from '../domain/account-name';
import type { IdentityProvider } from '../ports';
import { type Client, type Entry, enter, type StartSessionDeps } from './start-session';

export interface SignUpDeps extends StartSessionDeps {
  readonly identity: Pick<IdentityProvider, 'signUp'>;
}

export interface SignUp {
  readonly email: string;
  readonly password: string;
  readonly name: string | undefined;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Makes an account. The database makes its profile with it; a session follows unless the address must be confirmed. */
export const signUp = async (deps: SignUpDeps, asked: SignUp, client: Client): Promise<Entry> => {
  const { email, password, name, data } = asked;
  const metadata = { ...data, ...(name === undefined ? {} : { name }) };
  const { account, session } = await deps.identity.signUp({ email, password, metadata });
  if (session !== null) return enter(deps, { account, session }, 'password', client);
  // From what was asked, not from what was found: the address may have an account already, and nobody shall see that.
  return { user: { id: account.id, email, name: nameOf(metadata), token: null }, session: null };
};
