import { AppError, isAppError } from '#shared/errors/app-error';
import { DECOY_EMAIL } from '../domain/mail-order';
import type { IdentityProvider } from '../ports';
import { comparesPassword } from '../sql/compares-password';
import { type Client, type Entry, enter, type StartSessionDeps } from './start-session';

export interface SignInDeps extends StartSessionDeps {
  readonly identity: Pick<IdentityProvider, 'signIn'>;
  /** Milliseconds before which no refusal is given. */
  readonly refusalFloorMs: number;
  readonly sleep: (ms: number) => Promise<void>;
}

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

/**
 * Signs in by password and opens a session. Whoever has no password to offer learns nothing of the account: for every address
 * one password is compared (that of an account that stands in, where there is none to compare), the refusal is the same, and
 * it is not given before a floor that hides what little still differs. Whoever signs in does not wait.
 *
 * @throws AppError `credentials_invalid`
 */
export const signIn = async (deps: SignInDeps, asked: Credentials, client: Client): Promise<Entry> => {
  const { identity, now, sleep, refusalFloorMs } = deps;
  const startedAt = now();
  try {
    const compares = await comparesPassword(deps.database, asked.email);
    const email = compares ? asked.email : DECOY_EMAIL;
    return await enter(deps, await identity.signIn({ email, password: asked.password }), 'password', client);
  } catch (error) {
    if (!isAppError(error, 'credentials_invalid')) throw error;
    await sleep(Math.max(0, startedAt + refusalFloorMs - now()));
    throw new AppError('credentials_invalid', { detail: ADVICE, cause: error });
  }
};

/** The same for everybody, so it may help those who have forgotten to confirm. */
const ADVICE =
  'A new account may have to confirm its address first: POST /api/auth/resend sends that mail again.';
