import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { isAway } from '../faults/owner-database';
import type { PlannedRow, PlannedTransaction } from './plan-writes';
import type { Conversations } from './prepare-conversations';
import type { RowEvent } from './row-event';
import { changeRow } from './row-statements';
import type { Person } from './stage';

/** An event and whom it concerns. */
export interface Written {
  readonly event: RowEvent;
  readonly audience: readonly number[];
}

/** Writes as one connection of a service does, one transaction after the other. */
export interface Writer {
  /** Until it is committed, or rolled back as planned: begun anew after a lost connection that left it undone. */
  readonly run: (transaction: PlannedTransaction) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** What all writers of a run share. */
export interface Ledger {
  /** What each transaction did, by its id. Whether it was committed, the log of the server says. */
  readonly written: Map<string, readonly Written[]>;
  /** Keys of the rows that were made. */
  readonly keys: Map<PlannedRow, string>;
  readonly people: readonly [Person, Person];
  readonly conversations: Conversations;
  stamps: number;
}

/** How often a lost connection is made again, so many milliseconds apart. */
const RECONNECT = { tries: 100, pauseMs: 200 };

/** A commit returns when it is in the log, whatever the server is set to: the log is read when the last has returned. */
const CONNECTION = { application_name: 'live-writer', options: '-c synchronous_commit=on' };

export const openWriter = (databaseUrl: string, ledger: Ledger): Writer => {
  let client: Client | undefined;

  const connect = async (): Promise<Client> => {
    for (let tries = 1; client === undefined; tries += 1) {
      const fresh = new Client({ connectionString: databaseUrl, ...CONNECTION });
      fresh.on('error', () => {
        if (client === fresh) client = undefined;
      });
      try {
        await fresh.connect();
        client = fresh;
      } catch (error) {
        if (tries >= RECONNECT.tries) throw error;
        await sleep(RECONNECT.pauseMs);
      }
    }
    return client;
  };

  /** @returns whether it got to its end, or the server says that it did */
  const attempt = async ({ changes, isRolledBack }: PlannedTransaction): Promise<boolean> => {
    const connection = await connect();
    const keys = new Map<PlannedRow, string>();
    const written: Written[] = [];
    let xid: string | undefined;
    try {
      await connection.query('begin');
      const { rows } = await connection.query<{ xid: string }>('select pg_current_xact_id()::text as xid');
      xid = rows[0]?.xid ?? '';
      ledger.written.set(xid, written);
      for (const { kind, row } of changes) {
        ledger.stamps += 1;
        const writing = { ...ledger, stamp: ledger.stamps, row, key: keys.get(row) ?? ledger.keys.get(row) };
        const event = await changeRow(connection, kind, writing);
        keys.set(row, event.id);
        // A deletion is told to everybody who listens: nobody can be asked any more whether the row was theirs.
        written.push({ event, audience: kind === 'DELETE' ? [0, 1] : row.audience });
      }
      await connection.query(isRolledBack ? 'rollback' : 'commit');
    } catch (error) {
      if (!isAway(error)) throw error;
      client = undefined;
      if (xid === undefined || !(await isCommitted(await connect(), xid))) return false;
      // A server that was killed may have forgotten the id, and given it to another.
      if (ledger.written.get(xid) !== written) return false;
    }
    if (!isRolledBack) for (const [row, key] of keys) ledger.keys.set(row, key);
    return true;
  };

  return {
    run: async (transaction) => {
      while (!(await attempt(transaction)));
    },
    close: async () => {
      await client?.end().catch(() => undefined);
    },
  };
};

const isCommitted = async (client: Client, xid: string): Promise<boolean> => {
  try {
    const text = 'select pg_xact_status($1::xid8) as status';
    const { rows } = await client.query<{ status: string | null }>(text, [xid]);
    return rows[0]?.status === 'committed';
  } catch (error) {
    if ((error as { code?: string }).code === IN_THE_FUTURE) return false;
    throw error;
  }
};

/** invalid_parameter_value: no such id yet. The server was killed before anything of the transaction was written. */
const IN_THE_FUTURE = '22023';
