import type { LimitCount } from '#shared/http/rate-limiter';

/** Reads what private.take_from_limit answers: `{allowed, remaining, reset ms}`; null where it could not count. */
export const readLimitCount = (counted: readonly string[] | null): LimitCount | null => {
  if (counted === null) return null;
  const [allowed, remaining, resetMs] = counted.map(Number);
  return { allowed: allowed === 1, remaining: remaining ?? 0, resetMs: resetMs ?? 0 };
};
