import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';

const PAUSE_MS = 1;

/**
 * Waits until statements that begin now see what those transactions did. A commit is in the log, and may have been read from
 * there, a moment before other sessions see it.
 *
 * @param xids ids of committed transactions, without their epoch
 */
export async function untilVisible(pool: Pool, xids: number[]): Promise<void> {
  for (;;) {
    const { rows } = await pool.query<{ isPending: boolean }>({
      name: 'until-visible',
      text: `
        select exists (
          select from unnest($1::bigint[]) xid
          where xid in (select x::text::bigint & 4294967295 from pg_snapshot_xip(s) x)
            -- or begun after the newest that has ended; ids go round
            or ((pg_snapshot_xmax(s)::text::bigint - xid) & 4294967295) not between 1 and 2147483647
        ) as "isPending"
        from pg_current_snapshot() s`,
      values: [xids],
    });
    if (!rows[0]?.isPending) return;
    await sleep(PAUSE_MS);
  }
}
