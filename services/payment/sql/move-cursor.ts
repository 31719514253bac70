import type { Queryable } from '#shared/database/queryable';
import type { Provider } from '../domain/provider-scale';

/** A list of a provider's that the sweep reads from end to end. */
export type ProviderList = 'events' | 'movements';

/** How far a list has been read. Times in milliseconds since 1970. */
export interface ListCursor {
  readonly provider: Provider;
  readonly list: ProviderList;
  /** Everything listed before this is in. */
  readonly readUntil: number;
  /** The window being read, with the mark of the last page that is in; null between windows. */
  readonly window: { readonly from: number; readonly until: number; readonly mark: string | null } | null;
  readonly version: bigint;
}

interface Row {
  readonly read_until: Date;
  readonly window_from: Date | null;
  readonly window_until: Date | null;
  readonly page_mark: string | null;
  readonly version: string;
}

const toCursor = (provider: Provider, list: ProviderList, row: Row): ListCursor => ({
  provider,
  list,
  readUntil: row.read_until.getTime(),
  window:
    row.window_from === null || row.window_until === null
      ? null
      : { from: row.window_from.getTime(), until: row.window_until.getTime(), mark: row.page_mark },
  version: BigInt(row.version),
});

/**
 * The cursor of a list. The first time it starts at the oldest payment of that provider, or at `now` when there is none: before
 * that nothing can be ours; but never before `earliest`. Milliseconds since 1970.
 */
export const openCursor = async (
  db: Queryable,
  asked: {
    readonly provider: Provider;
    readonly list: ProviderList;
    readonly now: number;
    readonly earliest: number;
  },
): Promise<ListCursor> => {
  const { provider, list, now, earliest } = asked;
  const { rows } = await db.query<Row>(
    `with made as (
       insert into private.provider_cursors (provider, list, read_until)
       select $1, $2, greatest($4::timestamptz, least($3::timestamptz,
         -- As finely as we count: a cursor that is read and written back must not seem to go back.
         (select date_trunc('milliseconds', min(created_at)) from public.payments where provider = $1)))
       on conflict (provider, list) do nothing
       returning *
     )
     select read_until, window_from, window_until, page_mark, version from made
     union all
     select read_until, window_from, window_until, page_mark, version
     from private.provider_cursors where provider = $1 and list = $2`,
    [provider, list, new Date(now).toISOString(), new Date(earliest).toISOString()],
  );
  const row = rows[0];
  if (row === undefined) throw new Error('a cursor was neither made nor found');
  return toCursor(provider, list, row);
};

/**
 * Moves a cursor on, provided nobody else has moved it since it was read; null when somebody has: what was read is in all the
 * same, and the other run goes on.
 */
export const moveCursor = async (db: Queryable, cursor: ListCursor): Promise<ListCursor | null> => {
  const { provider, list, readUntil, window, version } = cursor;
  const { rows } = await db.query<Row>(
    `update private.provider_cursors
     set read_until = $4::timestamptz, window_from = $5::timestamptz, window_until = $6::timestamptz, page_mark = $7,
         version = version + 1, moved_at = now()
     where provider = $1 and list = $2 and version = $3::bigint
     returning read_until, window_from, window_until, page_mark, version`,
    [
      provider,
      list,
      version.toString(),
      iso(readUntil),
      iso(window?.from),
      iso(window?.until),
      window?.mark ?? null,
    ],
  );
  const row = rows[0];
  return row === undefined ? null : toCursor(provider, list, row);
};

const iso = (ms: number | null | undefined): string | null =>
  ms == null ? null : new Date(ms).toISOString();
