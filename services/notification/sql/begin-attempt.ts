import type { Queryable } from '#shared/database/queryable';

/** A change as it is recorded. */
export interface RecordedChange {
  readonly id: string;
  readonly table: string;
  readonly operation: string;
  readonly key: unknown;
  readonly changedAt: Date;
}

/**
 * The change, if it is there and not handled yet. Counts the attempt, in a transaction of its own: one by which the process
 * dies counts, too.
 */
export const beginAttempt = async (db: Queryable, id: string): Promise<RecordedChange | null> => {
  const { rows } = await db.query<RecordedChange>(
    `update private.changes set attempts = attempts + 1
     where id = $1::uuid and handled_at is null
     returning id, table_name as "table", operation, key, changed_at as "changedAt"`,
    [id],
  );
  return rows[0] ?? null;
};
