import { nameOf } from '../domain/account-name';
import type { IdentityProvider, OrderMail, ProviderSession } from '../ports';
import { type Client, type EnteredUser, enter, type StartSessionDeps } from './start-session';

export interface SignUpDeps extends StartSessionDeps {
  readonly identity: Pick<IdentityProvider, 'signUp' | 'confirmsAddresses' | 'judgePassword'>;
  readonly orderMail: OrderMail;
}

export interface SignUp {
  readonly email: string;
  readonly password: string;
  readonly name: string | undefined;
  readonly data: Readonly<Record<string, unknown>>;
}

/** As an Entry; without an id, a token and a session while the address is not confirmed. */
export interface SignedUp {
  readonly user: Omit<EnteredUser, 'id'> & { readonly id: string | null };
  readonly session: ProviderSession | null;
}

/**
 * Makes an account; the database makes its profile with it. Where addresses are confirmed, that happens behind the answer,
 * which is made from what was asked alone: whether the address has an account is said in the mail, to its owner. Where they
 * are not, the answer is a session, and so must say when there is none to be had.
 *
 * @throws AppError `email_rejected`, `password_rejected`
 */
export const signUp = async (deps: SignUpDeps, asked: SignUp, client: Client): Promise<SignedUp> => {
  const { identity, orderMail } = deps;
  const { email, password, name, data } = asked;
  const metadata = { ...data, ...(name === undefined ? {} : { name }) };
  const waiting = { user: { id: null, email, name: nameOf(metadata), token: null }, session: null };
  if (await identity.confirmsAddresses()) {
    await identity.judgePassword(password);
    await orderMail({ kind: 'sign_up', email, password, metadata });
    return waiting;
  }
  const { account, session } = await identity.signUp({ email, password, metadata });
  return session === null ? waiting : enter(deps, { account, session }, 'password', client);
};
