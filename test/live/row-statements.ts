import { randomUUID } from 'node:crypto';
import type { ClientBase } from 'pg';
import type { PlannedChange, PlannedRow } from './plan-writes';
import type { Conversations } from './prepare-conversations';
import type { LiveTable, RowEvent } from './row-event';
import type { Person } from './stage';

/** One change about to be made. */
export interface Writing {
  readonly row: PlannedRow;
  /** undefined = not made yet. */
  readonly key: string | undefined;
  /** A number that no other change of the run has. */
  readonly stamp: number;
  readonly people: readonly [Person, Person];
  readonly conversations: Conversations;
}

/** A row as Realtime tells it, as far as it is looked at. */
export interface Row {
  readonly [column: string]: unknown;
  readonly id?: string;
}

/** Makes the change in the open transaction, in the way the product makes such a change. */
export const changeRow = async (
  client: ClientBase,
  kind: PlannedChange['kind'],
  writing: Writing,
): Promise<RowEvent> => {
  const { table } = writing.row;
  const key = kind === 'INSERT' ? await insert[table](client, writing) : (writing.key ?? '');
  if (kind !== 'INSERT') {
    const text = kind === 'DELETE' ? DELETE : UPDATE[table];
    const { rowCount } = await client.query(text, kind === 'DELETE' ? [key] : [key, String(writing.stamp)]);
    if (rowCount !== 1) throw new Error(`${kind} of ${table} ${key} met ${rowCount} rows`);
  }
  return { table, kind, id: key, stamp: kind === 'DELETE' ? '' : String(writing.stamp) };
};

const ownerOf = ({ row, people }: Writing): string => people[row.audience[0]].id;

const insert: Readonly<Record<LiveTable, (client: ClientBase, writing: Writing) => Promise<string>>> = {
  payments: async (client, writing) => {
    const id = randomUUID();
    await client.query(
      `insert into public.payments (id, user_id, provider, provider_ref, price_id, currency, amount_minor, last_error_code)
       values ($1, $2, 'stripe', $3, 'pro', 'USD', 1999, $4)`,
      [id, ownerOf(writing), `pi_${id}`, String(writing.stamp)],
    );
    return id;
  },
  notifications: async (client, writing) => {
    const values = [ownerOf(writing), `live-${writing.stamp}`];
    const data = { file_id: randomUUID(), name: 'live.txt', stamp: String(writing.stamp) };
    await client.query(`select private.notify($1, 'file_accepted', $2, $3)`, [...values, data]);
    const { rows } = await client.query<{ id: string }>(
      `select id from public.notifications where user_id = $1 and kind = 'file_accepted' and key = $2`,
      values,
    );
    return rows[0]?.id ?? '';
  },
  messages: async (client, { row, stamp, conversations }) => {
    const id = randomUUID();
    const conversation = conversations(row.audience);
    await client.query(
      'insert into public.messages (id, conversation_id, sender_id, body) values ($1, $2, $3, $4)',
      [id, conversation.id, conversation.senderId, String(stamp)],
    );
    return id;
  },
};

const UPDATE: Readonly<Record<LiveTable, string>> = {
  payments: 'update public.payments set last_error_code = $2, version = version + 1 where id = $1',
  // Read, unread, read again; the second column is there to tell one from the other.
  notifications: `update public.notifications set read_at = case when read_at is null then now() end,
    data = data || jsonb_build_object('stamp', $2::text) where id = $1`,
  messages: 'update public.messages set body = $2 where id = $1',
};

/** Users delete nothing else than what they were told. */
const DELETE = 'delete from public.notifications where id = $1';

/** What a change wrote, as read from the row that arrived. */
export const stampOf = (table: LiveTable, row: Row): string => {
  if (table === 'notifications') return String((row.data as { stamp?: unknown } | null)?.stamp);
  return String(table === 'payments' ? row.last_error_code : row.body);
};
