import type { Queryable } from '#shared/database/queryable';
import type { Now } from '#shared/kernel/ids';
import { decodeCursor, encodeCursor } from '../domain/cursor';
import { dayRange } from '../domain/day-range';
import type { DailyTotal, Drift } from '../domain/drift-report';
import { listDailyTotals } from '../sql/list-daily-totals';
import { type DriftPage, listDrift } from '../sql/list-drift';

export interface ListDriftDeps {
  readonly database: Queryable;
  readonly now: Now;
}

export interface DriftRequest extends Omit<DriftPage, 'after'> {
  /** `nextCursor` of the page before. */
  readonly cursor: string | null;
}

/** A page of differences between our books and the providers', newest first. */
export const listDriftPage = async (
  { database }: ListDriftDeps,
  request: DriftRequest,
): Promise<{ readonly drift: readonly Drift[]; readonly nextCursor: string | null }> => {
  const after = request.cursor === null ? null : decodeCursor(request.cursor);
  const rows = await listDrift(database, { ...request, after, limit: request.limit + 1 });
  const drift = rows.slice(0, request.limit);
  const last = drift.at(-1);
  const hasMore = rows.length > request.limit && last !== undefined;
  return { drift, nextCursor: hasMore ? encodeCursor({ createdAt: last.cursorAt, id: last.id }) : null };
};

/** Days shown where nobody says which, and at most. */
const RANGE = { usualDays: 7, mostDays: 92 };

/** The sums of days, ours and theirs; by default of the last seven days. `from` and `to` as `YYYY-MM-DD`, both included. */
export const listTotals = (
  { database, now }: ListDriftDeps,
  asked: { readonly from: string | null; readonly to: string | null },
): Promise<readonly DailyTotal[]> => listDailyTotals(database, dayRange(asked, now(), RANGE));
