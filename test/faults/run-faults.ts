import { createRandom } from '../../local/doubles/random';
import type { Log } from '../../local/log/log';
import { isEqual, renderRebuild } from '../../local/rebuild/render-rebuild';
import { runRebuild } from '../../local/rebuild/run-rebuild';
import { abandonCalls } from './abandon-calls';
import { compareBooks, type Verdict } from './compare-books';
import type { Counters } from './counters';
import { countEvents, deliverLate } from './deliver-late';
import { countForcedConflicts, installConflicts } from './disturb-database';
import { gatherEvidence } from './gather-evidence';
import { measureDisorder } from './measure-disorder';
import { type OpenShop, openShop } from './open-shop';
import { letKeysDie } from './pass-time';
import { readMovements } from './read-movements';
import { calmDown, type Goals, sellUnderFire } from './sell-under-fire';
import { type Settled, settleDown } from './settle-down';
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
  /** What all payment state, made again from the inbox alone, came to; and the differences. */
  readonly rebuilt: string;
  readonly rebuiltDifferently: readonly string[];
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
/** Calls of each kind that are left without an answer, and whose keys then die. */
const abandonedFor = (deliveries: number): number => Math.min(10, Math.ceil(deliveries / 1_000));

/** Boots the whole backend, sends customers through it while everything goes wrong, and compares the books at the end. */
export const runFaults = async (options: FaultOptions): Promise<FaultReport> => {
  const startedAt = performance.now();
  const customers = customersFor(options.deliveries);
  const shop = await openShop({ processes: Math.min(12, customers / 2), log: options.log });
  try {
    const found = await runIn(shop, options, customers);
    const { counters } = shop;
    return { ...found, options, counters, wallSeconds: (performance.now() - startedAt) / 1000 };
  } finally {
    await shop.close();
  }
};

type Findings = Omit<FaultReport, 'options' | 'counters' | 'wallSeconds'>;

const runIn = async (shop: OpenShop, options: FaultOptions, customers: number): Promise<Findings> => {
  const { tandem, db, counters, tokens, refundsAsked } = shop;
  await watchVersions(db);
  await installConflicts(db);
  const stopwatch = makeStopwatch();
  const striking = strikeFunctions(tandem, createRandom(options.seed * 16 + 3), counters);
  await sellUnderFire(shop, options, customers, tokens, striking, db);
  const selling = stopwatch();
  await calmDown(tandem, db);
  await striking.disarm();
  const atFirst = await settleDown(tandem, db);
  const disorder = await measureDisorder(tandem, db);
  await abandonCalls(shop, striking, db, tokens[0] ?? '', abandonedFor(options.deliveries));
  const deadKeys = await letKeysDie(tandem, db);
  let settled = await settleDown(tandem, db);
  const settling = stopwatch();
  const moved = await deliverLate(tandem, db, async () => {
    settled = await settleDown(tandem, db);
  });
  const late = stopwatch();

  const movements = await readMovements(tandem);
  const rebuilt = await runRebuild({ sourceUrl: tandem.database?.url() ?? '' });
  const verdict = await compareBooks(db, movements, refundsAsked);
  const returned = movements
    .filter(({ kind }) => ['refund_failure', 'dispute', 'dispute_reversal'].includes(kind))
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
    rebuilt: renderRebuild(rebuilt).split('\n')[0] ?? '',
    rebuiltDifferently: isEqual(rebuilt) ? [] : renderRebuild(rebuilt).trim().split('\n'),
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
