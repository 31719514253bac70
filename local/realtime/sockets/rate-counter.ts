/** Counts what happens within a second. */
export type RateCounter = {
  /** @returns whether it is still within the limit */
  count: () => boolean;
};

export function makeRateCounter(limit: number, now: () => number): RateCounter {
  let since = now();
  let counted = 0;
  return {
    count: () => {
      if (now() - since >= 1000) {
        since = now();
        counted = 0;
      }
      counted += 1;
      return counted <= limit;
    },
  };
}
