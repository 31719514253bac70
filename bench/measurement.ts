/** One line of the report. */
export interface Measurement {
  /** What was divided by what. */
  readonly what: string;
  readonly ratio: number;
  /** The two sides, with units. */
  readonly detail: string;
}

/** The middle value; robust against a neighbour's burst. */
export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
};

/** The value that a share of all values does not exceed: 0.99 for all but the slowest hundredth. */
export const percentile = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
};
