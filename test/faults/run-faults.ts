import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom } from '../../local/doubles/random';
import type { Log } from '../../local/log/log';
import { startTandem } from '../../local/runner';
import type { Tandem } from '../../local/tandem';
import { buy, type Shop } from './buy';
import { compareBooks, type Movement, type Verdict } from './compare-books';
import { type Counters, countKills, newCounters } from './counters';
import { forgeDelivery } from './forge-deliveries';
import { gatherEvidence } from './gather-evidence';
import { type HonestClient, honestClient } from './honest-client';
import { disturbDeliveries, disturbProvider, disturbQueue, killPostgres } from './make-trouble';
import { ownerDatabase } from './owner-database';
import { letClaimsLapse, letTimePass } from './pass-time';
import { planPurchase } from './plan-purchase';
import { runSweeps, type Settled, settleDown } from './settle-down';
import { type Strikes, strikeFunctions } from './strike-functions';
import { readRegressions, watchVersions } from './watch-versions';

export interface FaultOptions {
  /** The run goes on until so many webhooks were posted, */
  readonly deliveries: number;
  /** and so many processes were killed at named points, */
  readonly kills: number;
  /** and Postgres was killed so often. */
  readonly postgresKills: number;
  readonly seed: number;
  /** Milliseconds after which nothing new is started, whatever was reached. */
  readonly limitMs: number;
  readonly log?: Log;
}

export interface FaultReport {
  readonly options: FaultOptions;
  readonly counters: Counters;
  readonly verdict: Verdict;
  readonly regressed: readonly string[];
  readonly unhandled: readonly string[];
  /** What is known about the first payments that findings name; empty when there are none. */
  readonly evidence: string;
  readonly settled: Settled;
  readonly wallSeconds: number;
}

/** Customers at a time. */
const CUSTOMERS = 8;
const USERS = 10;

/** Boots the whole backend, sends customers through it while everything goes wrong, and compares the books at the end. */
export const runFaults = async (options: FaultOptions): Promise<FaultReport> => {
  const startedAt = performance.now();
  const stateDir = mkdtempSync(join(tmpdir(), 'tandem-faults-'));
  const counters = newCounters();
  const log: Log = (kind, message, fields) => {
    if (kind === 'webhook') counters.deliveries += 1;
    options.log?.(kind, message, fields);
  };
  const tandem = await startTandem({ stateDir, durable: false, maxInstances: 6, log });
  try {
    const found = await runIn(tandem, options, counters);
    return { ...found, options, counters, wallSeconds: (performance.now() - startedAt) / 1000 };
  } finally {
    await tandem.close();
    rmSync(stateDir, { recursive: true, force: true });
  }
};

type Findings = Pick<FaultReport, 'verdict' | 'regressed' | 'unhandled' | 'evidence' | 'settled'>;

const runIn = async (tandem: Tandem, options: FaultOptions, counters: Counters): Promise<Findings> => {
  if (tandem.database === undefined) throw new Error('the rig needs the local Postgres');
  const db = ownerDatabase(tandem.database);
  await watchVersions(db);
  const client = honestClient(tandem.info.urls.api ?? '', counters);
  const tokens = await signUsersUp(client);
  const adminToken = await signAdminIn(tandem, client);
  const refundsAsked = new Map<string, number>();
  const sweep = async () => {
    await letTimePass(db);
    await runSweeps(tandem);
  };
  const shop = { tandem, client, counters, adminToken, sweep, refundsAsked };

  const striking = strikeFunctions(tandem.functions, createRandom(options.seed * 16 + 3), counters);
  await sellUnderFire(shop, options, tokens, striking, () =>
    letClaimsLapse(db, striking.oldestCall('payment')),
  );
  await calmDown(tandem);
  await striking.disarm();
  const settled = await settleDown(tandem, db);
  const movements = await readMovements(tandem);
  const verdict = await compareBooks(db, movements, refundsAsked);
  const returned = movements
    .filter(({ kind }) => kind === 'refund_failure')
    .map(({ paymentId }) => paymentId ?? '');
  const regressions = await readRegressions(db, new Set(returned));
  const evidence = await gatherEvidence(tandem, db, [
    ...verdict.lost,
    ...verdict.doubled,
    ...verdict.imbalanced,
    ...settled.unsettled,
  ]);
  return {
    evidence,
    verdict: { ...verdict, doubled: [...verdict.doubled, ...unequal(counters)] },
    regressed: [
      ...regressions.map(({ payment_id, version, change }) => `payment ${payment_id} v${version}: ${change}`),
      ...counters.clientRegressions,
    ],
    unhandled: [...counters.unhandled, ...unexplained(counters)],
    settled,
  };
};

/** The gateway's own 502 to a client, more often than a process of the payment function was killed. */
const unexplained = ({ platformErrors, killsByPoint }: Counters): string[] => {
  const deaths = [...killsByPoint].reduce(
    (total, [point, times]) => total + (point.startsWith('payment:') ? times : 0),
    0,
  );
  return platformErrors <= deaths
    ? []
    : [`${platformErrors} calls failed on the platform, and only ${deaths} were killed`];
};

const unequal = ({ unequalRepeats }: Counters): string[] =>
  unequalRepeats === 0 ? [] : [`${unequalRepeats} Idempotency-Keys were answered in two ways`];

/** Customers and trouble, side by side, until enough has happened. */
const sellUnderFire = async (
  shop: Shop,
  options: FaultOptions,
  tokens: readonly string[],
  striking: Strikes,
  letClaims: () => Promise<void>,
): Promise<void> => {
  const { tandem, counters } = shop;
  // Streams of their own: how fast one of them goes does not change what the others do.
  const plans = createRandom(options.seed * 16);
  const trouble = createRandom(options.seed * 16 + 1);
  const forgeries = createRandom(options.seed * 16 + 2);
  const until = Date.now() + options.limitMs;
  const isEnough = () =>
    Date.now() > until ||
    (counters.deliveries >= options.deliveries &&
      countKills(counters) >= options.kills &&
      counters.postgresKills >= options.postgresKills);

  const customers = Array.from({ length: CUSTOMERS }, async () => {
    while (!isEnough()) {
      const plan = planPurchase(plans);
      await buy(shop, plan, tokens[Math.floor(plans.next() * tokens.length)] ?? '').catch(
        (error: unknown) => {
          counters.unhandled.push(`customer: ${String(error)}`);
        },
      );
    }
  });
  const every = async (ms: number, work: () => Promise<void> | void) => {
    while (!isEnough()) {
      await new Promise((resolve) => setTimeout(resolve, ms));
      await work();
    }
  };
  const share = () => Math.min(1, counters.deliveries / Math.max(1, options.deliveries));
  let frozen = 0;
  await Promise.all([
    ...customers,
    every(1_500, () => disturbDeliveries(tandem, trouble)),
    every(500, () => disturbProvider(tandem, trouble, counters)),
    every(2_500, () => disturbQueue(tandem, trouble, counters)),
    every(250, () => forgeDelivery(tandem, forgeries, counters)),
    every(700, shop.sweep),
    every(1_000, letClaims),
    every(50, () => {
      const isDue =
        countKills(counters) + striking.waiting() < Math.ceil(options.kills * Math.min(1, share() + 0.1));
      if (isDue && striking.waiting() < 10) striking.arm('SIGKILL');
      if (frozen < countKills(counters) / 15) {
        frozen += 1;
        striking.arm('SIGSTOP');
      }
    }),
    every(200, async () => {
      if (
        counters.postgresKills <
        Math.min(options.postgresKills, Math.floor(options.postgresKills * (share() + 0.5)))
      ) {
        await killPostgres(tandem, counters);
      }
    }),
  ]);
};

const calmDown = async ({ doubles, queue }: Tandem): Promise<void> => {
  for (const double of [doubles.stripe, doubles.paypal]) {
    double?.faults.clear();
    double?.deliveries.setRules({});
  }
  await new Promise((resolve) => setTimeout(resolve, 700));
  queue?.setTrouble({ fail: 'none', delayMs: 0, duplicateNext: 0, shuffle: false });
};

const readMovements = async ({ doubles }: Tandem): Promise<readonly Movement[]> => {
  const all = await Promise.all(
    (['stripe', 'paypal'] as const).map(async (provider) => {
      const response = await fetch(`${doubles[provider]?.url}/_control/ledger`);
      const { entries } = (await response.json()) as { entries: Omit<Movement, 'provider'>[] };
      return entries.map((entry) => ({ ...entry, provider }));
    }),
  );
  return all.flat();
};

const signUsersUp = (client: HonestClient): Promise<string[]> =>
  Promise.all(
    Array.from({ length: USERS }, async (_, index) => {
      const body = {
        email: `customer-${index}-${crypto.randomUUID()}@example.com`,
        password: 'correct horse battery',
      };
      const answer = await client.ask({ method: 'POST', path: '/api/auth/signup', body });
      return tokenOf(answer?.body.user?.token);
    }),
  );

const signAdminIn = async ({ info }: Tandem, client: HonestClient): Promise<string> => {
  const { email, password } = info.users.admin ?? {};
  const answer = await client.ask({ method: 'POST', path: '/api/auth/signin', body: { email, password } });
  return tokenOf(answer?.body.user?.token);
};

const tokenOf = (token: string | undefined): string => {
  if (token === undefined) throw new Error('signing in failed');
  return token;
};
