import type { RateLimit } from '#shared/kernel/route';

/** What one call is counted against: at most `limit` calls in any `windowMs` milliseconds under one key. */
export interface LimitCheck {
  /** What is counted, the route, whom: `user GET /api/payments/history <id>`. */
  readonly key: string;
  readonly limit: number;
  readonly windowMs: number;
}

/** How counting one call went. */
export interface LimitCount {
  /** False: the call must not go on, and was not counted. */
  readonly allowed: boolean;
  /** Calls that may still be made. */
  readonly remaining: number;
  /** Milliseconds until the oldest counted calls leave the window, and more may be made. */
  readonly resetMs: number;
}

/** Counts calls, atomically over all instances of all functions. */
export interface RateLimiter {
  /** Counts one call. Throws whatever the store throws. */
  readonly take: (check: LimitCheck) => Promise<LimitCount>;
  /** Takes back the newest counted call. */
  readonly giveBack: (check: LimitCheck) => Promise<void>;
  /** A limit of a contract as it is enforced here. */
  readonly scale: (limit: RateLimit) => { readonly limit: number; readonly windowMs: number };
  /**
   * Who is counted for an e-mail address: the account, or the account on a device that its owner has signed in from. Neither
   * tells the address. Undefined where a service has no routes that name accounts.
   */
  readonly accountOf?: (email: string, cookies: ReadonlyMap<string, string>) => string;
  /** Whether counts are kept where sessions are, so that the session check can count in its own statement. */
  readonly countsWithSessions: boolean;
  /** Told of every failure of the store. */
  readonly onFailure: (error: unknown) => void;
}
