import type { Queryable } from '#shared/database/queryable';

export interface WaitingFile {
  readonly id: string;
  /** For a day and more: whoever tried to look at it has failed every time. */
  readonly isGivenUp: boolean;
}

/** Files that wait for a decision longer than the queue takes for all its tries, the oldest first. */
export const listWaitingFiles = async (db: Queryable, most: number): Promise<readonly WaitingFile[]> => {
  const { rows } = await db.query<WaitingFile>(
    `select id, completed_at < now() - interval '1 day' as "isGivenUp"
     from public.files
     where status = 'inspecting' and completed_at < now() - interval '1 hour'
     order by completed_at
     limit $1::integer`,
    [most],
  );
  return rows;
};
