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
import { type ProviderEventsDeps, sweepProviderEvents } from '../use-cases/sweep-provider-events';

/** The input of the schedule. */
const sweepEvent = z.object({ task: z.enum(['open-payments', 'provider-events']) });

type Task = z.infer<typeof sweepEvent>['task'];

/** What all tasks together need. */
export type SweepTaskDeps = SweepDeps & ProviderEventsDeps;

const tasks: Readonly<Record<Task, Readonly<Record<string, (deps: SweepTaskDeps) => Promise<SweepCount>>>>> =
  {
    // The quick and certain first: a provider that hangs must not keep them waiting.
    'open-payments': { retryHeldEvents, repeatUnsettledRefunds, sweepOpenPayments, forgetOldKeys },
    'provider-events': { sweepProviderEvents },
  };

/** Runs what a schedule asks for and says how it went. */
export const handleSweep =
  (service: () => Promise<SweepTaskDeps>, log: Log) =>
  async (event: unknown): Promise<Record<string, SweepCount>> => {
    const { task } = sweepEvent.parse(event);
    const deps = await service();
    const counts: Record<string, SweepCount> = {};
    for (const [name, run] of Object.entries(tasks[task])) counts[name] = await run(deps);
    log.info('sweep done', { task, counts });
    return counts;
  };
