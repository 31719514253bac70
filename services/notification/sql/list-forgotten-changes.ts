import type { Queryable } from '#shared/database/queryable';

export interface ForgottenChanges {
  readonly before: Date;
  /** Those that were tried as often are left alone. */
  readonly maxAttempts: number;
  readonly limit: number;
}

/** Ids of changes that nobody has handled although it is time, the most overdue first. */
export const listForgottenChanges = async (
  db: Queryable,
  { before, maxAttempts, limit }: ForgottenChanges,
): Promise<readonly string[]> => {
  const { rows } = await db.query<{ readonly id: string }>(
    `select id from private.changes
     where handled_at is null and sweep_after <= $1::timestamptz and attempts < $2::integer
     order by sweep_after limit $3::integer`,
    [before, maxAttempts, limit],
  );
  return rows.map(({ id }) => id);
};
