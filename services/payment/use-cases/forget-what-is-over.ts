import { forgetRateLimits } from '../sql/forget-rate-limits';
import {
  forgetActiveDays,
  forgetIdempotencyKeys,
  forgetNotices,
  forgetNotifications,
  forgetPaymentSweeps,
  forgetSessions,
  forgetUsageEvents,
  forgetUsagePeriods,
} from '../sql/forget-rows';
import type { SweepCount, SweepRun } from './sweep-run';

/** Statements for each kind of rows in one run, each of which takes a bounded number. What is left is for the next run. */
const MAX_ROUNDS = 20;

const kinds = {
  rateLimits: ({ database, now }: SweepRun) => forgetRateLimits(database, now()),
  sessions: ({ database }: SweepRun) => forgetSessions(database),
  idempotencyKeys: ({ database }: SweepRun) => forgetIdempotencyKeys(database),
  paymentSweeps: ({ database }: SweepRun) => forgetPaymentSweeps(database),
  notifications: ({ database }: SweepRun) => forgetNotifications(database),
  notices: ({ database }: SweepRun) => forgetNotices(database),
  usageEvents: ({ database }: SweepRun) => forgetUsageEvents(database),
  usagePeriods: ({ database }: SweepRun) => forgetUsagePeriods(database),
  activeDays: ({ database }: SweepRun) => forgetActiveDays(database),
};

/**
 * Deletes what need not be kept (docs/operations.md): of each kind until nothing is left or the run has done its share. A kind
 * that fails is told, and keeps no other from being done.
 */
export const forgetWhatIsOver = async (deps: SweepRun): Promise<SweepCount> => {
  const count = { looked: 0, failed: 0 };
  for (const [id, forget] of Object.entries(kinds)) {
    try {
      for (let round = 0; round < MAX_ROUNDS; round += 1) {
        const forgotten = await forget(deps);
        count.looked += forgotten;
        if (forgotten === 0) break;
      }
    } catch (error) {
      count.failed += 1;
      deps.onFailure({ task: 'forget', id }, error);
    }
  }
  return count;
};
