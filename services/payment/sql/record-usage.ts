import type { Queryable } from '#shared/database/queryable';
import type { UsageOutcome, UsageStanding } from '../domain/usage';
import { toUsageStanding, type UsageRow } from './usage-rows';

export interface UsageReport {
  readonly userId: string;
  readonly meter: string;
  readonly quantity: bigint;
  /** Unique for each user and reporter. */
  readonly key: string;
  /** ISO 8601; null: now. */
  readonly usedAt: string | null;
  readonly now: Date;
}

/** Absent: the account is gone. */
export type RecordedUsage =
  | (UsageStanding & { readonly outcome: Exclude<UsageOutcome, 'absent'> })
  | { readonly outcome: 'absent' };

/** Records what a user reports of a meter that users may report; null where there is no such meter. */
export const recordUsage = async (db: Queryable, report: UsageReport): Promise<RecordedUsage | null> => {
  const { rows } = await db.query<UsageRow & { readonly outcome: UsageOutcome }>(
    `select r.outcome, r.period, to_char(r.period_start, 'YYYY-MM-DD') as period_start,
            to_char(r.period_end, 'YYYY-MM-DD') as period_end, r.used, r.soft_limit, r.hard_limit
     from public.meters m
     cross join lateral private.record_usage($1::uuid, m.id, $3::bigint, $4::text, $5::timestamptz, $6::timestamptz) r
     where m.id = $2::text and m.reported_by_users`,
    [report.userId, report.meter, report.quantity.toString(), report.key, report.usedAt, report.now],
  );
  const [row] = rows;
  if (row === undefined) return null;
  const { outcome } = row;
  if (outcome === 'absent') return { outcome };
  return { outcome, ...toUsageStanding(report.meter, row) };
};
