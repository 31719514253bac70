import type { IdentityProvider, MailProof } from '../ports';
import { type Client, type Entry, enter, type StartSessionDeps } from './start-session';

export interface VerifyDeps extends StartSessionDeps {
  readonly identity: Pick<IdentityProvider, 'verify'>;
}

/** Redeems what a mail brought and opens a session; one opened by a recovery mail may set a new password for a while. */
export const verify = async (deps: VerifyDeps, proof: MailProof, client: Client): Promise<Entry> =>
  enter(deps, await deps.identity.verify(proof), proof.type === 'recovery' ? 'recovery' : 'email', client);
