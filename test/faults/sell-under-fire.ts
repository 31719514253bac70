import { createRandom } from '../../local/doubles/random';
import type { Tandem } from '../../local/tandem';
import { buy, type Shop } from './buy';
import { countKills } from './counters';
import { countEvents, LATE_ROUNDS } from './deliver-late';
import { payOut } from './dispute-purchase';
import { cutConnection, forceConflicts, killPostgres, lockPayments } from './disturb-database';
import { disturbDeliveries } from './disturb-deliveries';
import { disturbProvider } from './disturb-provider';
import { disturbQueue } from './disturb-queue';
import { forgeDelivery } from './forge-deliveries';
import type { OwnerDatabase } from './owner-database';
import { letClaimsLapse } from './pass-time';
import { planPurchase } from './plan-purchase';
import { runSweeps } from './settle-down';
import type { Strikes } from './strike-functions';

export interface Goals {
  /** Webhook posts, together with those that will be repeated late. */
  readonly deliveries: number;
  /** How often an event is delivered at most, before the late repetitions; at least 2. */
  readonly mostCopies: number;
  readonly kills: number;
  readonly postgresKills: number;
  readonly seed: number;
  /** Milliseconds after which nothing new is started, whatever was reached. */
  readonly limitMs: number;
}

/** How payouts end. */
const endings = ['paid', 'paid', 'failed', 'canceled'] as const;

/** Shares of writes that conflict, a phase each. */
const CONFLICT_SHARES = [0, 0, 0.01, 0.1];

/** Messages on the queues at which nobody buys until fewer wait: otherwise the end of a long run is the emptying of its queue. */
const MOST_WAITING = 2_000;

const isCrowded = ({ queue }: Tandem): boolean => {
  try {
    const counts = Object.values(queue?.allCounts() ?? {});
    return counts.reduce((sum, { visible }) => sum + visible, 0) > MOST_WAITING;
  } catch {
    // It restarts at this moment.
    return false;
  }
};

/** Customers and trouble, side by side, until enough has happened. */
export const sellUnderFire = async (
  shop: Shop,
  goals: Goals,
  customers: number,
  tokens: readonly string[],
  striking: Strikes,
  db: OwnerDatabase,
): Promise<void> => {
  const { tandem, counters } = shop;
  // Streams of their own: how fast one of them goes does not change what the others do.
  const stream = (number: number) => createRandom(goals.seed * 16 + number);
  const [plans, trouble, forgeries, conflicts] = [stream(0), stream(1), stream(2), stream(4)];
  const startedAt = Date.now();
  const passed = () => (Date.now() - startedAt) / goals.limitMs;
  const reached = () => counters.deliveries + LATE_ROUNDS * countEvents(tandem);
  // Of the deliveries or of the time, whichever is nearer to its end: trouble keeps pace with both.
  const share = () => Math.min(1, Math.max(passed(), reached() / Math.max(1, goals.deliveries)));
  const isEnough = () =>
    passed() > 1 ||
    (reached() >= goals.deliveries &&
      countKills(counters) >= goals.kills &&
      counters.postgresKills >= goals.postgresKills);

  let crowded = false;
  const shopping = Array.from({ length: customers }, async () => {
    while (!isEnough()) {
      if (crowded) {
        await new Promise((resolve) => setTimeout(resolve, 100));
        continue;
      }
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
  let frozen = 0;
  await Promise.all([
    ...shopping,
    every(1_500, () => disturbDeliveries(tandem, trouble, goals.mostCopies)),
    every(500, () => disturbProvider(tandem, trouble, counters)),
    every(2_000, () => disturbQueue(tandem, trouble, counters)),
    every(1_000, () => cutConnection(tandem, trouble)),
    every(10_000, () => lockPayments(tandem, counters)),
    every(1_000, () =>
      forceConflicts(db, CONFLICT_SHARES[Math.floor(conflicts.next() * CONFLICT_SHARES.length)] ?? 0),
    ),
    every(250, () => forgeDelivery(tandem, forgeries, counters)),
    every(500, () => {
      crowded = isCrowded(tandem);
    }),
    every(700, shop.sweep),
    every(5_000, async () => void (await runSweeps(tandem, /events/i))),
    every(15_000, async () => void (await runSweeps(tandem, /totals/i))),
    every(1_000, () => letClaimsLapse(db, striking.oldestCall('payment'))),
    every(2_000, () => payOut(shop, endings[Math.floor(trouble.next() * endings.length)] ?? 'paid')),
    every(50, () => {
      const isDue =
        countKills(counters) + striking.waiting() < Math.ceil(goals.kills * Math.min(1, share() + 0.1));
      if (isDue && striking.waiting() < 10) striking.arm('SIGKILL');
      if (frozen < countKills(counters) / 8) {
        frozen += 1;
        striking.arm('SIGSTOP');
      }
    }),
    every(200, async () => {
      const due = Math.floor(goals.postgresKills * (share() + 0.5));
      if (counters.postgresKills < Math.min(goals.postgresKills, due)) await killPostgres(tandem, counters);
    }),
  ]);
};

/** No further trouble: providers, queue and database do what they should. */
export const calmDown = async (tandem: Tandem, db: OwnerDatabase): Promise<void> => {
  const { doubles, queue, databaseRelay } = tandem;
  for (const double of [doubles.stripe, doubles.paypal]) {
    double?.faults.clear();
    double?.deliveries.setRules({});
  }
  databaseRelay?.cutNext(undefined);
  await forceConflicts(db, 0);
  queue?.setTrouble({ fail: 'none', delayMs: 0, duplicateNext: 0, shuffle: false });
};
