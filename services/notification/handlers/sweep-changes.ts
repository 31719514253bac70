import type { Log } from '#shared/observability/logger';
import type { Counters } from '#shared/observability/metrics';
import { type SweepChangesDeps, type SweptChanges, sweepChanges } from '../use-cases/sweep-changes';

export interface SweepChangesParts {
  readonly service: () => Promise<SweepChangesDeps>;
  readonly counters: Pick<Counters, 'count'>;
  readonly log: Pick<Log, 'info'>;
}

/** Sweeps, says how it went, and counts what waits: an alarm watches the last. */
export const handleSweepChanges =
  ({ service, counters, log }: SweepChangesParts) =>
  async (): Promise<SweptChanges> => {
    const swept = await sweepChanges(await service());
    counters.count('ChangesSwept', swept.sent);
    counters.count('ChangesWaiting', swept.waiting);
    log.info('changes swept', { ...swept });
    return swept;
  };
