import type { Queryable } from '#shared/database/queryable';
import type { RateLimiter } from '#shared/http/rate-limiter';
import type { Now } from '#shared/kernel/ids';
import type { AccountKeys } from '#shared/limits/account-keys';
import { makeLimiter } from '#shared/limits/make-limiter';
import { openLimitStore } from '#shared/limits/open-limit-store';
import { describeError } from '#shared/observability/describe-error';
import type { Log } from '#shared/observability/logger';

export interface LiveLimiterDeps {
  readonly env: { readonly REDIS_URL?: string | undefined; readonly RATE_LIMIT_FACTOR?: string | undefined };
  readonly database: Queryable;
  readonly log: Log;
  readonly now: Now;
  /** Needed where a contract limits accounts. */
  readonly accounts?: AccountKeys;
}

/** The limiter of a function as its environment says: docs/rate-limits.md. */
export const liveLimiter = async ({
  env,
  database,
  log,
  now,
  accounts,
}: LiveLimiterDeps): Promise<RateLimiter> =>
  makeLimiter({
    store: await openLimitStore(env.REDIS_URL, database),
    factor: Number(env.RATE_LIMIT_FACTOR ?? 1),
    now,
    onFailure: (error) => log.error('calls not counted', { error: describeError(error) }),
    ...(accounts && { accounts }),
  });
