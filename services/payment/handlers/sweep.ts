import * as z from 'zod/mini';
import type { Log } from '#shared/observability/logger';
import {
  forgetOldKeys,
  repeatUnsettledRefunds,
  retryHeldEvents,
  type SweepCount,
  type SweepDeps,
  sweepOpenPayments,
} from '../use-cases/sweep';

/** The input of the schedule. */
const sweepEvent = z.object({ task: z.enum(['open-payments']) });

type Task = z.infer<typeof sweepEvent>['task'];

const tasks: Readonly<Record<Task, Readonly<Record<string, (deps: SweepDeps) => Promise<SweepCount>>>>> = {
  // The quick and certain first: a provider that hangs must not keep them waiting.
  'open-payments': { retryHeldEvents, repeatUnsettledRefunds, sweepOpenPayments, forgetOldKeys },
};

/** Runs what a schedule asks for and says how it went. */
export const handleSweep =
  (service: () => Promise<SweepDeps>, log: Log) =>
  async (event: unknown): Promise<Record<string, SweepCount>> => {
    const { task } = sweepEvent.parse(event);
    const deps = await service();
    const counts: Record<string, SweepCount> = {};
    for (const [name, run] of Object.entries(tasks[task])) counts[name] = await run(deps);
    log.info('sweep done', { task, counts });
    return counts;
  };
