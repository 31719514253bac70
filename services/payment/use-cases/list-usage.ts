import type { Queryable } from '#shared/database/queryable';
import type { Now } from '#shared/kernel/ids';
import { type DayRange, dayRange } from '../domain/day-range';
import type { CurrentUsage, UsageDay } from '../domain/usage';
import { findCurrentUsage } from '../sql/find-current-usage';
import { listUsageDays } from '../sql/list-usage-days';

export interface ListUsageDeps {
  readonly database: Queryable;
  readonly now: Now;
}

export interface UsageQuestion {
  readonly userId: string;
  /** Null: all. */
  readonly meter: string | null;
  /** `YYYY-MM-DD`, both included; null: the last thirty days. */
  readonly from: string | null;
  readonly to: string | null;
}

const RANGE = { usualDays: 29, mostDays: 92 };

/** Where a user stands now, and what was used on each day of a range. Throws `request_invalid` for too long a range. */
export const listUsage = async (
  { database, now }: ListUsageDeps,
  { userId, meter, from, to }: UsageQuestion,
): Promise<{
  readonly current: CurrentUsage;
  readonly range: DayRange;
  readonly days: readonly UsageDay[];
}> => {
  const nowMs = now();
  const range = dayRange({ from, to }, nowMs, RANGE);
  const { plan, meters } = await findCurrentUsage(database, { userId, now: new Date(nowMs) });
  const days = await listUsageDays(database, { userId, meter, ...range });
  const wanted = meters.filter((standing) => meter === null || standing.meter === meter);
  return { current: { plan, meters: wanted }, range, days };
};
