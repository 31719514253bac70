import type { Queryable } from '#shared/database/queryable';
import type { Provider } from '../domain/provider-scale';
import { type EntryRow, entryColumns, entryJoins, type LoadedEntry, toLoadedEntry } from './entry-rows';
import { isUnlisted } from './unlisted-bookings';

export interface EntryPage {
  readonly provider: Provider;
  /** The last key of the page before; '' for the first. */
  readonly after: string;
  readonly limit: number;
}

/** What a provider's statement lists for a day (`YYYY-MM-DD`, UTC), each with what we booked for it. By key. */
export const loadDay = async (
  db: Queryable,
  { provider, day, after, limit }: EntryPage & { readonly day: string },
): Promise<readonly LoadedEntry[]> => {
  const { rows } = await db.query<EntryRow>(
    `with wanted as (
       select key from private.provider_movements
       where provider = $1 and day = $2::date and key > $3
       order by key limit $4::int
     )
     select ${entryColumns} from wanted w ${entryJoins} order by w.key`,
    [provider, day, after, limit],
  );
  return rows.map(toLoadedEntry);
};

/** What we booked within a time (milliseconds since 1970) and the provider's statement does not list, whatever the day. By key. */
export const loadUnlisted = async (
  db: Queryable,
  { provider, from, until, after, limit }: EntryPage & { readonly from: number; readonly until: number },
): Promise<readonly LoadedEntry[]> => {
  const { rows } = await db.query<EntryRow>(
    `with wanted as (
       select t.key from private.ledger_transactions t
       where t.booked_at >= $2::timestamptz and t.booked_at < $3::timestamptz
         and split_part(t.key, ':', 1) = $1 and t.key > $4
         and ${isUnlisted}
       order by t.key limit $5::int
     )
     select ${entryColumns} from wanted w ${entryJoins} order by w.key`,
    [provider, new Date(from).toISOString(), new Date(until).toISOString(), after, limit],
  );
  return rows.map(toLoadedEntry);
};

/** Entries by their keys; a key that neither side has (any more) is left out. */
export const loadEntries = async (
  db: Queryable,
  keys: readonly string[],
): Promise<readonly LoadedEntry[]> => {
  if (keys.length === 0) return [];
  const { rows } = await db.query<EntryRow>(
    `with wanted as (select distinct key from unnest($1::text[]) as key)
     select ${entryColumns} from wanted w ${entryJoins}
     where m.key is not null or (t.key is not null and ${isUnlisted})`,
    [keys],
  );
  return rows.map(toLoadedEntry);
};
