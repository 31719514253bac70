import type { LimitCount, RateLimiter } from '#shared/http/rate-limiter';
import type { Now } from '#shared/kernel/ids';
import type { AccountKeys } from '#shared/limits/account-keys';
import type { LimitStore } from '#shared/limits/limit-store';

export interface LimiterOptions {
  readonly store: LimitStore;
  /** Multiplies every limit; 1 wherever real money moves. */
  readonly factor: number;
  readonly now: Now;
  readonly onFailure: (error: unknown) => void;
  /** Needed where a contract limits accounts. */
  readonly accounts?: AccountKeys;
}

/** Milliseconds for which this process answers for the store that a key has nothing left, and how many keys it remembers. */
const MEMORY_MS = 5_000;
const MEMORY_KEYS = 5_000;

/**
 * A limiter on a store. What the store has refused is refused from memory for a few seconds, so that a flood costs the store
 * next to nothing; what it would allow is never decided here.
 */
export const makeLimiter = ({ store, factor, now, onFailure, accounts }: LimiterOptions): RateLimiter => {
  const refused = new Map<string, { readonly count: LimitCount; readonly atMs: number }>();

  const recall = (key: string, nowMs: number): LimitCount | null => {
    const found = refused.get(key);
    if (found === undefined) return null;
    const age = nowMs - found.atMs;
    if (age >= 0 && age < Math.min(MEMORY_MS, found.count.resetMs)) {
      return { ...found.count, resetMs: found.count.resetMs - age };
    }
    refused.delete(key);
    return null;
  };

  const remember = (key: string, count: LimitCount, atMs: number): void => {
    const [oldest] = refused.keys();
    if (refused.size >= MEMORY_KEYS && oldest !== undefined) refused.delete(oldest);
    refused.set(key, { count, atMs });
  };

  return {
    take: async (check) => {
      const nowMs = now();
      const known = recall(check.key, nowMs);
      if (known !== null) return known;
      const count = await store.take(check, nowMs);
      if (!count.allowed) remember(check.key, count, nowMs);
      return count;
    },
    giveBack: async (check) => {
      await store.giveBack(check);
      refused.delete(check.key);
    },
    scale: ({ limit, windowSeconds }) => ({ limit: limit * factor, windowMs: windowSeconds * 1_000 }),
    ...(accounts && { accountOf: accounts.accountOf }),
    countsWithSessions: store.holdsSessions,
    onFailure,
  };
};
