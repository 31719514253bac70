import type { Counters } from '#shared/observability/metrics';
import type { Reconciled } from '../use-cases/fold-reports';

/** The counters of CloudWatch by outcome; alarms watch held events and those under review. */
const NAMES: Readonly<Record<Reconciled['outcome'], string>> = {
  applied: 'EventApplied',
  ignored: 'EventIgnored',
  held: 'EventHeld',
  review: 'EventReview',
  dismissed: 'EventDismissed',
  booked: 'EventApplied',
};

export const countOutcome =
  (counters: Pick<Counters, 'count'>) =>
  (outcome: Reconciled['outcome']): void =>
    counters.count(NAMES[outcome]);
