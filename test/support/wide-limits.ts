import type { Queryable } from '#shared/database/queryable';
import type { RateLimiter } from '#shared/http/rate-limiter';
import type { Now } from '#shared/kernel/ids';
import { type AccountKeys, makeAccountKeys } from '#shared/limits/account-keys';
import { makeLimiter } from '#shared/limits/make-limiter';
import { postgresLimitStore } from '#shared/limits/postgres-limit-store';

/** The key of devices and accounts in tests. */
export const TEST_ACCOUNT_KEY = 'a-test-key-of-at-least-32-characters';

/** Real limits on the database, a thousand times as wide: for tests that are about something else. */
export const wideLimits = (
  database: Queryable,
  { now = Date.now, factor = 1_000 }: { readonly now?: Now; readonly factor?: number } = {},
): { readonly limiter: RateLimiter; readonly accounts: AccountKeys } => {
  const accounts = makeAccountKeys([TEST_ACCOUNT_KEY]);
  const onFailure = (): void => undefined;
  const store = postgresLimitStore(database);
  return { limiter: makeLimiter({ store, factor, now, onFailure, accounts }), accounts };
};

/** An answer but for how many calls are left, which is another with each call: to compare what must be alike. */
export const withoutCounts = <A extends { readonly headers: Readonly<Record<string, unknown>> }>(
  answer: A,
): A => {
  const { ratelimit, ...headers } = answer.headers;
  return { ...answer, headers };
};
