import type { Queryable } from '#shared/database/queryable';
import type { CurrentUsage } from '../domain/usage';
import { toUsageStanding, type UsageRow } from './usage-rows';

interface Row extends UsageRow {
  readonly plan: string;
  /** Null where the plan includes nothing; then all that follows is null, too. */
  readonly meter: string | null;
  readonly unit: string;
}

/** A user's plan, and what is used of each meter in the running period. */
export const findCurrentUsage = async (
  db: Queryable,
  asked: { readonly userId: string; readonly now: Date },
): Promise<CurrentUsage> => {
  const { rows } = await db.query<Row>(
    `select plan, meter, unit, period, to_char(period_start, 'YYYY-MM-DD') as period_start,
            to_char(period_end, 'YYYY-MM-DD') as period_end, used, soft_limit, hard_limit
     from private.current_usage($1::uuid, $2::timestamptz)`,
    [asked.userId, asked.now],
  );
  return {
    plan: rows[0]?.plan ?? 'free',
    meters: rows.flatMap(({ meter, ...row }) =>
      meter === null ? [] : [{ ...toUsageStanding(meter, row), unit: row.unit }],
    ),
  };
};
