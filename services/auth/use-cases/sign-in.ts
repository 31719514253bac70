import { AppError, isAppError } from '#shared/errors/app-error';
import { DECOY_EMAIL } from '../domain/mail-order';
import type { IdentityProvider } from '../ports';
import { comparesPassword } from '../sql/compares-password';
import { type Client, type Entry, enter, type StartSessionDeps } from './start-session';

export interface SignInDeps extends StartSessionDeps {
  readonly identity: Pick<IdentityProvider, 'signIn'>;
  /** Refusals are given at whole multiples of this after the request, in milliseconds; 0: at once. */
  readonly refusalStepMs: number;
  readonly sleep: (ms: number) => Promise<void>;
}

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

/**
 * Signs in by password and opens a session. Whoever has no password to offer learns nothing of the account: for every address
 * one password is compared (that of an account that stands in, where there is none to compare), the refusal is the same, and
 * it is given at whole steps of time, which hide what little still differs. Whoever signs in does not wait.
 *
 * @throws AppError `credentials_invalid`
 */
export const signIn = async (deps: SignInDeps, asked: Credentials, client: Client): Promise<Entry> => {
  const { identity, now, sleep, refusalStepMs } = deps;
  const startedAt = now();
  try {
    const compares = await comparesPassword(deps.database, asked.email);
    const email = compares ? asked.email : DECOY_EMAIL;
    const signedIn = await identity.signIn({ email, password: asked.password });
    // The stand-in has no password; should somebody give it one, it still is nobody's account.
    if (!compares) throw new AppError('credentials_invalid');
    return await enter(deps, signedIn, 'password', client);
  } catch (error) {
    if (!isAppError(error, 'credentials_invalid')) throw error;
    await sleep(untilNextStep(now() - startedAt, refusalStepMs));
    throw new AppError('credentials_invalid', { detail: ADVICE, cause: error });
  }
};

/** Milliseconds. Not only a floor: on a slow day answers that come after the first step tell the next one and no more. */
const untilNextStep = (elapsedMs: number, stepMs: number): number =>
  stepMs === 0 ? 0 : Math.max(1, Math.ceil(elapsedMs / stepMs)) * stepMs - elapsedMs;

/** The same for everybody, so it may help those who have forgotten to confirm. */
const ADVICE =
  'A new account may have to confirm its address first: POST /api/auth/resend sends that mail again.';
