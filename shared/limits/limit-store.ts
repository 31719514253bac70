import type { LimitCheck, LimitCount } from '#shared/http/rate-limiter';

/** Where counts are kept: Postgres, or Valkey/Redis where there is one. */
export interface LimitStore {
  /** Counts one call, in one round trip and atomically. */
  readonly take: (check: LimitCheck, nowMs: number) => Promise<LimitCount>;
  /** Takes back the newest counted call. */
  readonly giveBack: (check: LimitCheck) => Promise<void>;
  /** Whether it is the database that also holds the sessions. */
  readonly holdsSessions: boolean;
}
