import { Client } from 'pg';
import { formatLsn, parseLsn } from './lsn';

/** The one slot of a database: slots belong to the whole server, so its name says whose it is. */
export function slotNameFor(databaseUrl: string): string {
  const database = decodeURIComponent(new URL(databaseUrl).pathname.slice(1));
  return `tandem_realtime_${database.toLowerCase().replace(/[^a-z0-9_]/g, '_')}`.slice(0, 63);
}

export type SlotState = {
  /** Everything before this was delivered. */
  confirmedLsn: bigint;
  /** Whether it was made just now: nothing before this moment is owed to anybody. */
  isNew: boolean;
  /** Whether Postgres had given up an older one (max_slot_wal_keep_size): changes are lost. */
  wasLost: boolean;
};

/**
 * Makes the slot where there is none, or none that can be read. It keeps the log from here on for us, across restarts.
 *
 * @param delivered what the slot may have forgotten; one beyond the end of the log is that of another database
 */
export async function ensureSlot(databaseUrl: string, name: string, delivered = 0n): Promise<SlotState> {
  return withClient(databaseUrl, async (client) => {
    const { rows } = await client.query<{ confirmed: string | null; isLost: boolean }>(
      `select greatest(confirmed_flush_lsn,
           case when $2::pg_lsn <= pg_current_wal_flush_lsn() then $2::pg_lsn end)::text as confirmed,
         wal_status = 'lost' as "isLost"
       from pg_replication_slots where slot_name = $1`,
      [name, formatLsn(delivered)],
    );
    const [slot] = rows;
    if (slot?.confirmed && !slot.isLost) {
      return { confirmedLsn: parseLsn(slot.confirmed), isNew: false, wasLost: false };
    }
    if (slot) await client.query('select pg_drop_replication_slot($1)', [name]);
    const made = await client.query<{ lsn: string }>(
      `select lsn::text as lsn from pg_create_logical_replication_slot($1, 'pgoutput')`,
      [name],
    );
    return { confirmedLsn: parseLsn(made.rows[0]?.lsn ?? '0/0'), isNew: true, wasLost: slot !== undefined };
  });
}

/** Removes the slot, where there is one: without a reader it would keep the log for nobody. */
export async function dropSlot(databaseUrl: string): Promise<void> {
  await withClient(databaseUrl, async (client) => {
    const name = slotNameFor(databaseUrl);
    const text = `select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = $1`;
    for (let tries = 0; ; tries += 1) {
      try {
        await client.query(text, [name]);
        return;
      } catch (error) {
        // Its reader went just now and the server has not noticed.
        if ((error as { code?: string }).code !== '55006' || tries > 50) throw error;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  });
}

async function withClient<Result>(
  databaseUrl: string,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  const client = new Client({ connectionString: databaseUrl, application_name: 'realtime' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
