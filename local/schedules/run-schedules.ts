import { randomUUID } from 'node:crypto';
import type { ScheduleModel } from '../assembly/model';
import type { Outcome } from '../lambda/invocation';
import type { Log } from '../log/log';
import { nextRun } from './next-run';

export type ScheduleOptions = {
  schedules: ScheduleModel[];
  region: string;
  account: string;
  invoke: (functionArn: string, event: unknown) => Promise<Outcome>;
  log: Log;
};

export type Schedules = {
  /** Runs a schedule now and answers what came of it; undefined when there is none of that name. */
  trigger: (name: string) => Promise<Outcome | undefined>;
  names: () => string[];
  close: () => void;
};

/** Timers cannot count further than 2^31 ms; a longer wait is taken in steps. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Calls the functions of the template's schedules when they are due. */
export function runSchedules(options: ScheduleOptions): Schedules {
  const timers = new Map<ScheduleModel, NodeJS.Timeout>();

  const run = async (schedule: ScheduleModel): Promise<Outcome> => {
    const outcome = await options.invoke(schedule.functionArn, schedule.input ?? envelope(schedule, options));
    const status = outcome.functionError ? 'failed' : 'ok';
    options.log('schedule', schedule.name, { status, ms: outcome.durationMs });
    return outcome;
  };

  const arm = (schedule: ScheduleModel, due: Date) => {
    const wait = due.getTime() - Date.now();
    const timer = setTimeout(
      () => {
        if (wait > LONGEST_TIMER_MS) return arm(schedule, due);
        // What was missed while the machine slept is not made up for, as EventBridge would not: it would be hundreds of runs at once.
        const next = nextRun(schedule.expression, due);
        const now = new Date();
        arm(schedule, next > now ? next : nextRun(schedule.expression, now));
        void run(schedule);
      },
      Math.min(Math.max(0, wait), LONGEST_TIMER_MS),
    );
    timers.set(schedule, timer.unref());
  };
  for (const schedule of options.schedules) {
    if (schedule.enabled) arm(schedule, nextRun(schedule.expression, new Date()));
  }

  return {
    names: () => options.schedules.map((schedule) => schedule.name),
    trigger: async (name) => {
      const schedule = options.schedules.find((candidate) => candidate.name === name);
      return schedule && run(schedule);
    },
    close: () => {
      for (const timer of timers.values()) clearTimeout(timer);
    },
  };
}

/** The event of an EventBridge rule without an input of its own. */
function envelope(schedule: ScheduleModel, { region, account }: ScheduleOptions): object {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account,
    time: `${new Date().toISOString().slice(0, 19)}Z`,
    region,
    resources: [`arn:aws:events:${region}:${account}:rule/${schedule.name}`],
    detail: {},
  };
}
