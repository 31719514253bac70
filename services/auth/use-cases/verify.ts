import type { IdentityProvider, MailProof } from '../ports';
import { type Client, type Entry, enter, type StartSessionDeps } from './start-session';

export interface VerifyDeps extends StartSessionDeps {
  readonly identity: Pick<IdentityProvider, 'verify'>;
}

/**
 * Redeems what a mail brought and opens a session; one opened by a recovery mail may set a new password for a while. Null: a
 * changed address whose other mailbox must confirm too.
 */
export const verify = async (deps: VerifyDeps, proof: MailProof, client: Client): Promise<Entry | null> => {
  const signedIn = await deps.identity.verify(proof);
  if (signedIn === null) return null;
  return enter(deps, signedIn, proof.type === 'recovery' ? 'recovery' : 'email', client);
};
