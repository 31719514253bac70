import type { SweepCount, SweepRun } from './sweep-run';

interface Rounds {
  /** Statements at most in one run; what is left is for the next. */
  readonly most: number;
  /** Whose failure it would be. */
  readonly of: Parameters<SweepRun['onFailure']>[0];
}

/** Does a bounded piece of work again and again until it says that it did nothing, or the run has done its share. */
export const repeatUntilNone = async (
  deps: Pick<SweepRun, 'onFailure'>,
  { most, of }: Rounds,
  step: () => Promise<number>,
): Promise<SweepCount> => {
  let looked = 0;
  try {
    for (let round = 0; round < most; round += 1) {
      const done = await step();
      looked += done;
      if (done === 0) break;
    }
    return { looked, failed: 0 };
  } catch (error) {
    deps.onFailure(of, error);
    return { looked, failed: 1 };
  }
};
