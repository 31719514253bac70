import { randomUUID } from 'node:crypto';
import type { OwnerDatabase } from '../faults/owner-database';

/** Postgres' own word on what was committed, and in which order: a replication slot that only this run reads. */
export interface CommitOrder {
  /** Transaction ids of all that was committed since, in the order of commit. */
  readonly read: () => Promise<readonly string[]>;
  readonly close: () => Promise<void>;
}

/** It begins here. Its slot outlives a kill of the server. */
export const watchCommits = async (db: OwnerDatabase, publication: string): Promise<CommitOrder> => {
  const slot = `live_${randomUUID().replaceAll('-', '_')}`;
  await db.query(`select pg_create_logical_replication_slot($1, 'pgoutput')`, [slot]);
  return {
    read: async () => {
      // Of each transaction the message B, which begins it; the rest is what the clients are asked about.
      const rows = await db.query<{ xid: string }>(
        `select xid::text from pg_logical_slot_peek_binary_changes($1, null, null,
           'proto_version', '1', 'publication_names', $2) where get_byte(data, 0) = ascii('B')`,
        [slot, publication],
      );
      return rows.map(({ xid }) => xid);
    },
    close: async () => {
      await db.query('select pg_drop_replication_slot($1)', [slot]);
    },
  };
};
