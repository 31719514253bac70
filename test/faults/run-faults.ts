import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom } from '../../local/doubles/random';
import { FORBIDDEN_SOCKET } from '../../local/lambda/watch-sockets';
import type { Log } from '../../local/log/log';
import { startTandem } from '../../local/runner';
import type { Tandem } from '../../local/tandem';
import { abandonCalls } from './abandon-calls';
import { compareBooks, type Movement, type Verdict } from './compare-books';
import { type Counters, newCounters } from './counters';
import { countEvents, deliverLate } from './deliver-late';
import { countForcedConflicts, installConflicts } from './disturb-database';
import { gatherEvidence } from './gather-evidence';
import { type HonestClient, honestClient } from './honest-client';
import { measureDisorder } from './measure-disorder';
import { type OwnerDatabase, ownerDatabase } from './owner-database';
import { letKeysDie, letTimePass } from './pass-time';
import { calmDown, type Goals, sellUnderFire } from './sell-under-fire';
import { runSweeps, type Settled, settleDown } from './settle-down';
import { strikeFunctions } from './strike-functions';
import { readRegressions, watchVersions } from './watch-versions';

export interface FaultOptions extends Goals {
  readonly log?: Log;
}

export interface FaultReport {
  readonly options: FaultOptions;
  readonly counters: Counters;
  readonly verdict: Verdict;
  readonly regressed: readonly string[];
  readonly unhandled: readonly string[];
  /** What moved when everything was told again days later. */
  readonly moved: readonly string[];
  readonly settled: Settled;
  /** Calls whose outcome was still unknown when their provider had forgotten the key. */
  readonly deadKeys: number;
  readonly distinctEvents: number;
  /** Share of payments with several events whose first arrivals were not in the order of the events. */
  readonly disorder: number;
  readonly connectionCuts: number;
  readonly forcedConflicts: number;
  /** Seconds until the last customer left, until all had settled, and until all was told again late. */
  readonly seconds: { readonly selling: number; readonly settling: number; readonly late: number };
  /** What is known about the first payments that findings name; empty when there are none. */
  readonly evidence: string;
  readonly wallSeconds: number;
}

/** Customers at a time: enough to keep two cores busy while most of them wait, and fewer where little is asked for. */
const customersFor = (deliveries: number): number => Math.min(48, Math.max(8, Math.ceil(deliveries / 50)));
/** Processes of each function at most. */
const INSTANCES = 12;
const USERS = 10;
/** Calls of each kind that are left without an answer, and whose keys then die. */
const ABANDONED = 2;

/** Boots the whole backend, sends customers through it while everything goes wrong, and compares the books at the end. */
export const runFaults = async (options: FaultOptions): Promise<FaultReport> => {
  const startedAt = performance.now();
  const stateDir = mkdtempSync(join(tmpdir(), 'tandem-faults-'));
  const counters = newCounters();
  const log: Log = (kind, message, fields) => {
    if (kind === 'webhook') counters.deliveries += 1;
    if (kind === 'error' && message.includes(FORBIDDEN_SOCKET)) counters.forbiddenSockets.push(message);
    options.log?.(kind, message, fields);
  };
  const tandem = await startTandem({
    stateDir,
    durable: false,
    keepDoubles: false,
    relayDatabase: true,
    watchSockets: true,
    maxInstances: INSTANCES,
    log,
  });
  if (tandem.database === undefined) throw new Error('the rig needs the local Postgres');
  const db = ownerDatabase(tandem.database);
  try {
    const found = await runIn(tandem, db, options, counters);
    return { ...found, options, counters, wallSeconds: (performance.now() - startedAt) / 1000 };
  } finally {
    await db.close();
    await tandem.close();
    rmSync(stateDir, { recursive: true, force: true });
  }
};

type Findings = Omit<FaultReport, 'options' | 'counters' | 'wallSeconds'>;

const runIn = async (
  tandem: Tandem,
  db: OwnerDatabase,
  options: FaultOptions,
  counters: Counters,
): Promise<Findings> => {
  await watchVersions(db);
  await installConflicts(db);
  const stopwatch = makeStopwatch();
  const client = honestClient(tandem.info.urls.api ?? '', counters);
  const tokens = await signUsersUp(client);
  const adminToken = await signAdminIn(tandem, client);
  const refundsAsked = new Map<string, number>();
  const sweep = async () => {
    await letTimePass(db, 'recent');
    await runSweeps(tandem, /open/i);
  };
  const shop = { tandem, client, counters, adminToken, sweep, refundsAsked };

  const striking = strikeFunctions(tandem, createRandom(options.seed * 16 + 3), counters);
  await sellUnderFire(shop, options, customersFor(options.deliveries), tokens, striking, db);
  const selling = stopwatch();
  await calmDown(tandem, db);
  await striking.disarm();
  const atFirst = await settleDown(tandem, db);
  const disorder = await measureDisorder(tandem, db);
  await abandonCalls(shop, striking, db, tokens[0] ?? '', ABANDONED);
  const deadKeys = await letKeysDie(tandem, db);
  let settled = await settleDown(tandem, db);
  const settling = stopwatch();
  const moved = await deliverLate(tandem, db, async () => {
    settled = await settleDown(tandem, db);
  });
  const late = stopwatch();

  const movements = await readMovements(tandem);
  const verdict = await compareBooks(db, movements, refundsAsked);
  const returned = movements
    .filter(({ kind }) => kind === 'refund_failure')
    .map(({ paymentId }) => paymentId ?? '');
  const regressions = await readRegressions(db, new Set(returned));
  return {
    verdict: { ...verdict, doubled: [...verdict.doubled, ...unequal(counters)] },
    regressed: [
      ...regressions.map(({ payment_id, version, change }) => `payment ${payment_id} v${version}: ${change}`),
      ...counters.clientRegressions,
    ],
    unhandled: [...counters.unhandled, ...unexplained(counters), ...counters.forbiddenSockets],
    moved,
    seconds: { selling, settling, late },
    settled: { ...settled, deadLetters: atFirst.deadLetters, rounds: atFirst.rounds },
    deadKeys,
    distinctEvents: countEvents(tandem),
    disorder,
    connectionCuts: Object.values(tandem.databaseRelay?.cuts() ?? {}).reduce((sum, cuts) => sum + cuts, 0),
    forcedConflicts: await countForcedConflicts(db),
    evidence: await gatherEvidence(tandem, db, [
      ...verdict.lost,
      ...verdict.doubled,
      ...verdict.imbalanced,
      ...moved,
      ...settled.unsettled,
    ]),
  };
};

/** @returns a function that gives the seconds since it was called last */
const makeStopwatch = () => {
  let last = performance.now();
  return (): number => {
    const lap = performance.now() - last;
    last += lap;
    return lap / 1000;
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
