import type { PendingSocial } from '../domain/pending-social';
import type { SocialSignIn } from '../ports';
import { type Client, type Entry, enter, type StartSessionDeps } from './start-session';

export interface FinishSocialDeps extends StartSessionDeps {
  readonly identity: Pick<SocialSignIn, 'redeemCode'>;
}

/** Redeems the code that the other site's sign-in ended with, and opens a session. @throws AppError `verification_invalid` */
export const finishSocial = async (
  deps: FinishSocialDeps,
  { code, verifier }: { readonly code: string } & Pick<PendingSocial, 'verifier'>,
  client: Client,
): Promise<Entry> => enter(deps, await deps.identity.redeemCode({ code, verifier }), 'oauth', client);
