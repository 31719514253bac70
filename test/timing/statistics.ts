/**
 * How well a stranger who sees one answer's time tells two classes apart, as the area under the ROC curve (Mann-Whitney, ties
 * count half): 0.5 is guessing, 1 is certainty. Whichever class is the slower one.
 */
export const separability = (a: readonly number[], b: readonly number[]): number => {
  const all = [
    ...a.map((value) => ({ value, isA: true })),
    ...b.map((value) => ({ value, isA: false })),
  ].sort((one, other) => one.value - other.value);
  let rankSum = 0;
  for (let start = 0; start < all.length; ) {
    let end = start;
    while (end < all.length && all[end]?.value === all[start]?.value) end += 1;
    // Ranks from 1; ties share the mean of theirs.
    const rank = (start + 1 + end) / 2;
    rankSum += rank * all.slice(start, end).filter(({ isA }) => isA).length;
    start = end;
  }
  const auc = (rankSum - (a.length * (a.length + 1)) / 2) / (a.length * b.length);
  return Math.max(auc, 1 - auc);
};

/** The value below which that share of the values lies. */
export const quantile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
};

export const median = (values: readonly number[]): number => quantile(values, 0.5);
