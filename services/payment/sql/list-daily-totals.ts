import type { Queryable } from '#shared/database/queryable';
import type { LedgerKind } from '../domain/booking-rules';
import type { DailyTotal } from '../domain/drift-report';
import type { Provider } from '../domain/provider-scale';

/** All totals from one day to another, both included, newest first. */
export const listDailyTotals = async (
  db: Queryable,
  range: { readonly from: string; readonly to: string },
): Promise<readonly DailyTotal[]> => {
  const { rows } = await db.query<{
    readonly provider: Provider;
    readonly day: string;
    readonly currency: string;
    readonly kind: LedgerKind;
    readonly ours_minor: string;
    readonly theirs_minor: string;
    readonly ours_count: number;
    readonly theirs_count: number;
    readonly compared_at: Date;
  }>(
    `select provider, to_char(day, 'YYYY-MM-DD') as day, currency, kind, ours_minor, theirs_minor, ours_count, theirs_count,
            compared_at
     from private.daily_totals
     where day >= $1::date and day <= $2::date
     order by daily_totals.day desc, provider, currency, kind`,
    [range.from, range.to],
  );
  return rows.map((row) => ({
    provider: row.provider,
    day: row.day,
    currency: row.currency,
    kind: row.kind,
    oursMinor: BigInt(row.ours_minor),
    theirsMinor: BigInt(row.theirs_minor),
    oursCount: row.ours_count,
    theirsCount: row.theirs_count,
    comparedAt: row.compared_at,
  }));
};
