/** What a run of the sweep may spend on one provider. */
export interface RunBudget {
  /** Milliseconds since 1970: nothing new is started after it. */
  readonly until: number;
  /** Notes one call. */
  readonly spend: () => void;
  readonly isSpent: () => boolean;
  /** Calls made so far. */
  readonly calls: () => number;
}

export const makeRunBudget = (
  now: () => number,
  limits: { readonly calls: number; readonly ms: number },
): RunBudget => {
  const until = now() + limits.ms;
  let calls = 0;
  return {
    until,
    spend: () => {
      calls += 1;
    },
    isSpent: () => calls >= limits.calls || now() >= until,
    calls: () => calls,
  };
};
