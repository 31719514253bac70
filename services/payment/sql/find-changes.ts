import type { Queryable } from '#shared/database/queryable';
import type { RecordedChange } from '../domain/recorded-change';

/** Those of the changes that are still recorded, by id. */
export const findChanges = async (
  db: Queryable,
  ids: readonly string[],
): Promise<ReadonlyMap<string, RecordedChange>> => {
  if (ids.length === 0) return new Map();
  const { rows } = await db.query<RecordedChange>(
    `select id, table_name as "table", operation, key, attempts, changed_at as "changedAt",
            handled_at is not null as handled
     from private.changes where id = any ($1::uuid[])`,
    [ids],
  );
  return new Map(rows.map((row) => [row.id, row]));
};
