import type { SecondFactors } from '../ports';
import { type Client, type Entry, type StartSessionDeps, startSession } from './start-session';

export interface VerifyFactorDeps extends StartSessionDeps {
  readonly identity: Pick<SecondFactors, 'verifyFactor'>;
}

/**
 * Shows the second factor. The session is the same with more power, so its opaque token is replaced, and no old one leads to
 * the new one.
 */
export const verifyFactor = async (
  deps: VerifyFactorDeps,
  proof: Parameters<SecondFactors['verifyFactor']>[0],
  client: Client,
): Promise<Entry> => {
  const { account, session } = await deps.identity.verifyFactor(proof);
  const supabaseSessionId = session.id;
  const opened = { account, supabaseSessionId, openedBy: 'password', client, keepsOpening: true } as const;
  return { user: await startSession(deps, opened), session };
};
