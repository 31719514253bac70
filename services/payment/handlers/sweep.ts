import * as z from 'zod/mini';
import type { Log } from '#shared/observability/logger';
import { closeDays } from '../use-cases/close-days';
import type { EventLists } from '../use-cases/event-lists';
import { forgetWhatIsOver } from '../use-cases/forget-what-is-over';
import { openPatience } from '../use-cases/provider-patience';
import { settleCalls } from '../use-cases/settle-calls';
import { retryHeldEvents, sweepOpenPayments } from '../use-cases/sweep';
import { sweepDailyTotals, type TotalsDeps } from '../use-cases/sweep-daily-totals';
import { sweepProviderEvents } from '../use-cases/sweep-provider-events';
import type { SweepCount, SweepDeps, SweepRun } from '../use-cases/sweep-run';

/** The input of the schedule. */
const sweepEvent = z.object({ task: z.enum(['open-payments', 'provider-events', 'daily-totals']) });

type Task = z.infer<typeof sweepEvent>['task'];

/** What all tasks together need. */
export type SweepTaskDeps = SweepDeps & EventLists & TotalsDeps;

type SweepTaskRun = SweepRun & EventLists & TotalsDeps;

const tasks: Readonly<Record<Task, Readonly<Record<string, (deps: SweepTaskRun) => Promise<SweepCount>>>>> = {
  // The quick and certain first: a provider that hangs must not keep them waiting.
  'open-payments': { retryHeldEvents, settleCalls, sweepOpenPayments, forgetWhatIsOver },
  'provider-events': { sweepProviderEvents },
  'daily-totals': { sweepDailyTotals, closeDays },
};

/** Runs what a schedule asks for and says how it went. */
export const handleSweep =
  (service: () => Promise<SweepTaskDeps>, log: Log) =>
  async (event: unknown): Promise<Record<string, SweepCount>> => {
    const { task } = sweepEvent.parse(event);
    const parts = await service();
    const deps = { ...parts, patience: await openPatience(parts) };
    const counts: Record<string, SweepCount> = {};
    for (const [name, run] of Object.entries(tasks[task])) counts[name] = await run(deps);
    log.info('sweep done', { task, counts });
    return counts;
  };
