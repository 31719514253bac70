import { createRandom } from '../../local/doubles/random';
import { buy } from './buy';
import { compareBooks, type Verdict } from './compare-books';
import { findUnsettled } from './find-unsettled';
import { type OpenShop, openShop } from './open-shop';
import { letHoursPass, letProvidersFinish, letTimePass } from './pass-time';
import { planPurchase } from './plan-purchase';
import { readMovements } from './read-movements';
import { runSweeps } from './settle-down';

export interface BlackoutOptions {
  readonly purchases: number;
  readonly seed: number;
}

export interface BlackoutReport {
  readonly options: BlackoutOptions;
  readonly wallSeconds: number;
  /** Events that were lost: all of them. */
  readonly lostEvents: number;
  readonly arrivedEvents: number;
  /** Differences to the providers' ledgers after the day and after each sweep period. */
  readonly differences: readonly number[];
  readonly verdict: Verdict;
  readonly unsettled: readonly string[];
  readonly unhandled: readonly string[];
}

const HOURS = 24;
const SWEEP_PERIODS = 2;
/** Customers at a time. */
const CUSTOMERS = 12;

/**
 * A day on which no webhook arrives and no sweep runs, simulated by the providers' clocks and by moving rows into the past:
 * customers buy, pay, confirm or do not, and get money back. Then the sweeps run twice, still without any webhook; by then all
 * must be settled.
 */
export const runBlackout = async (options: BlackoutOptions): Promise<BlackoutReport> => {
  const startedAt = performance.now();
  const shop = await openShop();
  try {
    const found = await runIn(shop, options);
    return { ...found, options, wallSeconds: (performance.now() - startedAt) / 1000 };
  } finally {
    await shop.close();
  }
};

const runIn = async (
  shop: OpenShop,
  options: BlackoutOptions,
): Promise<Omit<BlackoutReport, 'options' | 'wallSeconds'>> => {
  const { tandem, db, counters } = shop;
  for (const double of [tandem.doubles.stripe, tandem.doubles.paypal]) {
    double?.deliveries.setRules({ dropProbability: 1 });
    double?.clock.advance(-HOURS * 3_600_000);
  }
  await passDay(shop, options);
  const differences = [await countDifferences(shop)];
  for (let period = 1; period <= SWEEP_PERIODS; period += 1) {
    await letProvidersFinish(tandem);
    await letTimePass(db, 'all');
    const troubles = await runSweeps(tandem, /open|events/i);
    counters.unhandled.push(...troubles);
    differences.push(await countDifferences(shop));
  }
  const deliveries = [tandem.doubles.stripe, tandem.doubles.paypal].flatMap(
    (double) => double?.deliveries.list() ?? [],
  );
  return {
    lostEvents: deliveries.filter(({ state }) => state === 'dropped').length,
    arrivedEvents: deliveries.filter(({ attempts }) => attempts.length > 0).length,
    differences,
    verdict: await compareBooks(db, await readMovements(tandem), shop.refundsAsked),
    unsettled: await findUnsettled(db),
    unhandled: counters.unhandled,
  };
};

/** Purchases spread over the hours; nobody waits for anything but their own answers. */
const passDay = async (shop: OpenShop, { purchases, seed }: BlackoutOptions): Promise<void> => {
  const { tandem, db, tokens } = shop;
  const random = createRandom(seed);
  for (let hour = 0; hour < HOURS; hour += 1) {
    const due = Math.round((purchases * (hour + 1)) / HOURS) - Math.round((purchases * hour) / HOURS);
    const plans = Array.from({ length: due }, () => ({ ...planPurchase(random), isRace: false }));
    await Promise.all(
      Array.from({ length: CUSTOMERS }, async (_, customer) => {
        for (let plan = plans.pop(); plan !== undefined; plan = plans.pop())
          await buy(shop, plan, tokens[customer % tokens.length] ?? '');
      }),
    );
    await letHoursPass(tandem, db, 1);
  }
};

const countDifferences = async ({ tandem, db, refundsAsked }: OpenShop): Promise<number> => {
  const { lost, doubled, imbalanced } = await compareBooks(db, await readMovements(tandem), refundsAsked);
  return lost.length + doubled.length + imbalanced.length;
};
