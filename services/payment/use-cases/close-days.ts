import { closeSomeDays } from '../sql/close-days';
import type { SweepCount, SweepRun } from './sweep-run';

/** Statements in one run, of a week each: a house that is years old when this begins is done after some days. */
const MAX_ROUNDS = 60;

/** Keeps the sums of the house's figures for days that can change no more, so that a range of days costs what is new in it. */
export const closeDays = async (deps: SweepRun): Promise<SweepCount> => {
  let looked = 0;
  try {
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const closed = await closeSomeDays(deps.database);
      looked += closed;
      if (closed === 0) break;
    }
    return { looked, failed: 0 };
  } catch (error) {
    deps.onFailure({ task: 'daily-totals', id: 'closed days' }, error);
    return { looked, failed: 1 };
  }
};
