import { closeSomeDays } from '../sql/close-days';
import { repeatUntilNone } from './repeat-until-none';
import type { SweepCount, SweepRun } from './sweep-run';

/** Of a week each: a house that is years old when this begins is done after some days. */
const ROUNDS = { most: 60, of: { task: 'daily-totals', id: 'closed days' } } as const;

/** Keeps the sums of the house's figures for days that can change no more, so that a range of days costs what is new in it. */
export const closeDays = (deps: SweepRun): Promise<SweepCount> =>
  repeatUntilNone(deps, ROUNDS, () => closeSomeDays(deps.database));
