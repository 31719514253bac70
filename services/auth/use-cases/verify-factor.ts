import type { Database } from '#shared/database/pool';
import { withTransaction } from '#shared/database/with-transaction';
import type { Now } from '#shared/kernel/ids';
import type { SecondFactors } from '../ports';
import { renewSession } from './renew-session';
import type { Client, Entry } from './start-session';

export interface VerifyFactorDeps {
  readonly database: Database;
  readonly now: Now;
  readonly identity: Pick<SecondFactors, 'verifyFactor'>;
}

/**
 * Shows the second factor. The session is the same with more power, so its opaque token is replaced, and no old one leads to
 * the new one.
 */
export const verifyFactor = async (
  { database, now, identity }: VerifyFactorDeps,
  proof: Parameters<SecondFactors['verifyFactor']>[0],
  client: Client,
): Promise<Entry> => {
  const { account, session } = await identity.verifyFactor(proof);
  const supabaseSessionId = session.id;
  const opened = { account, supabaseSessionId, openedBy: 'password', client, keepsOpening: true } as const;
  const user = await withTransaction(database, (tx) => renewSession(tx, now, opened));
  return { user, session };
};
