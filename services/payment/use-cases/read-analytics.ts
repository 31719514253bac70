import type { Queryable } from '#shared/database/queryable';
import type { Now } from '#shared/kernel/ids';
import type { Analytics } from '../domain/analytics';
import { type DayRange, dayRange } from '../domain/day-range';
import { readAnalytics as readAnalyticsRow } from '../sql/read-analytics';

export interface AnalyticsDeps {
  readonly database: Queryable;
  readonly now: Now;
}

const RANGE = { usualDays: 29, mostDays: 92 };

/** The house's figures, by default of the last thirty days. Throws `request_invalid` for too long a range. */
export const readAnalytics = async (
  { database, now }: AnalyticsDeps,
  asked: { readonly from: string | null; readonly to: string | null },
): Promise<{ readonly range: DayRange; readonly figures: Analytics }> => {
  const range = dayRange(asked, now(), RANGE);
  return { range, figures: await readAnalyticsRow(database, range) };
};
