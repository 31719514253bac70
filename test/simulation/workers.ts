import { type FoldedBatch, foldReports, type Report } from '../../services/payment/use-cases/fold-reports';
import type { Agenda } from './agenda';
import { faultsOfStep } from './check-payment';
import type { PaymentStore, StoredPayment } from './payment-store';
import type { Random } from './random';

/** The processes that fold reports into payments. */
export interface Workers {
  /** Puts a report on the queue; some worker takes it soon. */
  readonly arrive: (report: Report) => void;
  /** Folds and writes at once, with nobody in between. */
  readonly settle: (reports: readonly Report[]) => void;
  /** Every report that ever arrived. */
  readonly seen: readonly Report[];
  readonly faults: string[];
  readonly counts: { readonly steps: number; readonly refused: number; readonly reviewed: number };
}

export interface WorkersOptions {
  readonly store: PaymentStore;
  readonly agenda: Agenda;
  readonly random: Random;
  readonly note: (line: string) => void;
}

/** Held events are looked at again by each sweep. */
const HELD_RETRY_SECONDS = 300;
const MOST_RETRIES = 6;
const VISIBILITY_SECONDS = 180;

/**
 * Any number of workers at once: each takes some of what waits, loads, folds, perhaps freezes for seconds or a day, and then
 * writes on condition that the version is still the one it loaded; what was refused waits again. Some die before or after
 * the write, and the queue hands their messages over once more.
 */
export const makeWorkers = ({ store, agenda, random, note }: WorkersOptions): Workers => {
  const ids = [...store.payments.keys()];
  const waiting: Report[] = [];
  const seen: Report[] = [];
  const faults: string[] = [];
  const counts = { steps: 0, refused: 0, reviewed: 0 };
  const retries = new Map<string, number>();

  const enqueue = (reports: readonly Report[], seconds: number): void => {
    if (reports.length === 0) return;
    agenda.after(seconds, () => {
      waiting.push(...reports);
      agenda.after(random.below(3), work);
    });
  };

  const work = (): void => {
    const batch = waiting.splice(random.below(waiting.length), 1 + random.below(6));
    if (batch.length === 0) return;
    if (waiting.length > 0) agenda.after(random.below(2), work);
    const write = prepare(batch);
    if (random.chance(0.05)) {
      enqueue(batch, VISIBILITY_SECONDS);
      return;
    }
    const freeze = random.pick([0, 0, 0, 0, 1, 5, 400, 86_400]);
    const finish = (): void => {
      enqueue(write(), random.below(2));
      if (random.chance(0.05)) enqueue(batch, VISIBILITY_SECONDS);
    };
    if (freeze === 0) finish();
    else agenda.after(freeze, finish);
  };

  /** Loads and folds now; the function it gives writes, whenever that is, and returns what must be tried again. */
  const prepare = (batch: readonly Report[]): (() => readonly Report[]) => {
    const folded = foldReports(batch, store.load(ids), store.payouts.load());
    return () => {
      counts.steps += 1;
      const before = new Map(store.payments);
      const written = writeOrBlame(folded);
      if (written === null) {
        counts.refused += 1;
        return batch;
      }
      for (const id of written) checkStep(before.get(id), store.payments.get(id));
      const isDone = (id: string | null): boolean =>
        id === null || !folded.changed.has(id) || written.has(id);
      const raced = folded.folded.filter(({ result }) => !isDone(result.payment?.id ?? null));
      counts.refused += folded.changes.length - written.size;
      for (const { report, result } of folded.folded) {
        note(
          `worker: ${report.eventType} ${report.eventId} ${isDone(result.payment?.id ?? null) ? result.outcome : 'raced'}`,
        );
        if (result.outcome === 'review') review(result.payment.reviewReason);
        if (result.outcome === 'held') retryHeld(report);
      }
      return raced.map(({ report }) => report);
    };
  };

  const writeOrBlame = ({ changes, payouts }: FoldedBatch): ReadonlySet<string> | null => {
    try {
      return store.write(changes, payouts);
    } catch (error) {
      faults.push(String(error));
      return new Set(changes.map(({ id }) => id));
    }
  };

  const checkStep = (before: StoredPayment | undefined, after: StoredPayment | undefined): void => {
    if (before === undefined || after === undefined) return;
    faults.push(...faultsOfStep(before, after));
    note(
      `  now ${after.derived?.status} captured ${after.derived?.capturedMinor} refunded ${after.derived?.refundedMinor}`,
    );
  };

  /** Only one thing may look wrong for a while: a new refund is told before the return of the one it replaces. */
  const review = (reason: string | null): void => {
    counts.reviewed += 1;
    if (reason !== 'refunded_more_than_captured') faults.push(`set aside for review: ${reason}`);
  };

  const retryHeld = (report: Report): void => {
    const tried = (retries.get(report.eventId) ?? 0) + 1;
    retries.set(report.eventId, tried);
    if (tried < MOST_RETRIES) enqueue([report], HELD_RETRY_SECONDS);
  };

  return {
    arrive: (report) => {
      seen.push(report);
      enqueue([report], 0);
    },
    settle: (reports) => {
      if (prepare(reports)().length > 0) faults.push('a write was refused with nobody in between');
    },
    seen,
    faults,
    counts,
  };
};
