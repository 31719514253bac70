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
import { repeatUntilNone } from './repeat-until-none';
import type { SweepCount, SweepRun } from './sweep-run';

/** Statements for each kind of rows in one run, each of which takes a bounded number. */
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
    const rounds = { most: MAX_ROUNDS, of: { task: 'forget', id } };
    const { looked, failed } = await repeatUntilNone(deps, rounds, () => forget(deps));
    count.looked += looked;
    count.failed += failed;
  }
  return count;
};
