import { randomUUID } from 'node:crypto';
import type { Queryable } from '#shared/database/queryable';
import type { Now } from '#shared/kernel/ids';
import { makeAccountKeys } from '#shared/limits/account-keys';
import { postgresLimitStore } from '#shared/limits/postgres-limit-store';
import type { PendingMailMessage } from '#shared/messages/pending-mail';
import type { IdentityProvider } from '../../services/auth/ports';
import { makeSeal } from '../../services/auth/providers/seal-order';
import { makeCountSignUpMail } from '../../services/auth/use-cases/count-sign-up-mail';
import { type Kept, keepPromises } from '../../services/auth/use-cases/keep-promises';
import { makeOrderMail } from '../../services/auth/use-cases/order-mail';
import type { AuthParts } from '../../services/auth/wire-service';
import { TEST_ACCOUNT_KEY } from './wide-limits';

/** What waits behind the answers, on the test's own queue. */
export interface TestMails {
  /** For the service; sign-in is refused without waiting. */
  readonly parts: Pick<AuthParts, 'orderMail' | 'refusalStepMs' | 'sleep'>;
  /** Messages that were sent and not delivered. */
  readonly queued: PendingMailMessage[];
  /** Why orders were given up. */
  readonly givenUp: string[];
  /** Lets the mail function have these as one batch; default: all that wait. */
  readonly deliver: (messages?: readonly PendingMailMessage[]) => Promise<readonly Kept[]>;
}

export const makeTestMails = (
  database: Queryable,
  identity: IdentityProvider,
  { now = Date.now, siteUrl = 'https://app.example.test' }: { now?: Now; siteUrl?: string } = {},
): TestMails => {
  const seal = makeSeal([TEST_ACCOUNT_KEY]);
  const queued: PendingMailMessage[] = [];
  const givenUp: string[] = [];
  const send = async (message: PendingMailMessage): Promise<void> => {
    queued.push(message);
  };
  const open = async (sealed: Buffer, id: string) => seal.open(sealed, id);
  const store = postgresLimitStore(database);
  const countSignUpMail = makeCountSignUpMail({ store, accounts: makeAccountKeys([TEST_ACCOUNT_KEY]), now });
  const onGivenUp = (why: string) => givenUp.push(why);
  return {
    parts: {
      orderMail: makeOrderMail({ database, seal: seal.seal, send, now, makeId: randomUUID }),
      refusalStepMs: 0,
      sleep: async () => undefined,
    },
    queued,
    givenUp,
    deliver: async (messages = queued.splice(0)) => {
      if (messages.length === 0) return [];
      const batch = messages.map((message, at) => ({
        messageId: String(at),
        body: JSON.stringify(message),
      }));
      const deps = { database, identity, open, siteUrl, now, onGivenUp, countSignUpMail };
      return [...(await keepPromises(deps, batch)).values()];
    },
  };
};
