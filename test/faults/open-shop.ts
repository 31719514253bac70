import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FORBIDDEN_SOCKET } from '../../local/lambda/watch-sockets';
import type { Log } from '../../local/log/log';
import { startTandem } from '../../local/runner';
import type { Tandem } from '../../local/tandem';
import type { Shop } from './buy';
import { newCounters } from './counters';
import { type Answer, type HonestClient, honestClient } from './honest-client';
import { ownerDatabase } from './owner-database';
import { letTimePass } from './pass-time';
import { runSweeps } from './settle-down';

/** The whole backend with customers at its door. */
export interface OpenShop extends Shop {
  /** Session tokens of customers. */
  readonly tokens: readonly string[];
  /** Ends everything; nothing stays behind. */
  readonly close: () => Promise<void>;
}

const USERS = 10;

export interface ShopOptions {
  /** Of each function, at most. Default 12. */
  readonly processes?: number;
  readonly log?: Log | undefined;
}

/** Boots the whole backend in a folder of its own and signs customers and an admin in. */
export const openShop = async ({
  processes = 12,
  log = () => undefined,
}: ShopOptions = {}): Promise<OpenShop> => {
  const stateDir = mkdtempSync(join(tmpdir(), 'tandem-faults-'));
  const counters = newCounters();
  const tandem = await startTandem({
    stateDir,
    // Ten users do here what thousands would; the tests of the limits are elsewhere.
    env: { RATE_LIMIT_FACTOR: '9999' },
    durable: false,
    keepDoubles: false,
    relayDatabase: true,
    watchSockets: true,
    maxInstances: processes,
    log: (kind, message, fields) => {
      if (kind === 'webhook') counters.deliveries += 1;
      if (kind === 'error' && message.includes(FORBIDDEN_SOCKET)) counters.forbiddenSockets.push(message);
      log(kind, message, fields);
    },
  });
  if (tandem.database === undefined) throw new Error('the rig needs the local Postgres');
  const db = ownerDatabase(tandem.database);
  const close = async () => {
    await db.close();
    await tandem.close();
    rmSync(stateDir, { recursive: true, force: true });
  };
  try {
    const client = honestClient(tandem.info.urls.api ?? '', counters);
    const tokens = await signUsersUp(client);
    const adminToken = await signAdminIn(tandem, client);
    const sweep = async () => {
      await letTimePass(db, 'recent');
      await runSweeps(tandem, /open/i);
    };
    return { tandem, db, client, counters, tokens, adminToken, sweep, refundsAsked: new Map(), close };
  } catch (error) {
    await close();
    throw error;
  }
};

const signUsersUp = (client: HonestClient): Promise<string[]> =>
  Promise.all(
    Array.from({ length: USERS }, async (_, index) => {
      const body = {
        email: `customer-${index}-${crypto.randomUUID()}@example.com`,
        password: 'correct horse battery',
      };
      const answer = await client.ask({ method: 'POST', path: '/api/auth/signup', body });
      return tokenOf(answer);
    }),
  );

const signAdminIn = async ({ info }: Tandem, client: HonestClient): Promise<string> => {
  const { email, password } = info.users.admin ?? {};
  const answer = await client.ask({ method: 'POST', path: '/api/auth/signin', body: { email, password } });
  return tokenOf(answer);
};

const tokenOf = (answer: Answer | null): string => {
  const token = answer?.body.user?.token;
  if (token === undefined) throw new Error(`signing in failed: ${answer?.text}`);
  return token;
};
