import { Client } from 'pg';
import type { Random } from '../../local/doubles/random';
import type { Cut } from '../../local/postgres/relay-postgres';
import type { Tandem } from '../../local/tandem';
import type { Counters } from './counters';
import type { OwnerDatabase } from './owner-database';

export const killPostgres = async ({ database }: Tandem, counters: Counters): Promise<void> => {
  if (database === undefined) return;
  await database.kill();
  counters.postgresKills += 1;
  await new Promise((resolve) => setTimeout(resolve, 300));
  await database.restart();
};

/** What is written where money moves; a connection is cut around such a statement. */
const writes = [
  'insert into private.inbox',
  'insert into private.inbox',
  'insert into public.payments',
  'insert into private.provider_calls',
  'insert into private.idempotency_keys',
  "set state = 'done'",
  'commit',
];
const moments: readonly Cut['moment'][] = ['before-send', 'after-send', 'before-answer'];

/** The next connection that sends a certain write is cut before it, after it, or before its answer. */
export const cutConnection = ({ databaseRelay }: Tandem, random: Random): void => {
  const text = writes[Math.floor(random.next() * writes.length)] ?? 'commit';
  const moment = moments[Math.floor(random.next() * moments.length)] ?? 'before-answer';
  databaseRelay?.cutNext({ text, moment });
};

/** Milliseconds; the services wait two seconds for a lock. */
const HOLD_MS = 2_600;

/**
 * Somebody else works on two of the newest payments, in the wrong order: one is locked for longer than the services wait, and
 * the second is asked for after a while, which is a deadlock for a batch that holds it and waits for the first.
 */
export const lockPayments = async ({ database }: Tandem, counters: Counters): Promise<void> => {
  if (database === undefined) return;
  const client = new Client({ connectionString: database.url() });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ id: string }>(
      `select id from (select id from public.payments order by created_at desc limit 2) as newest order by id desc`,
    );
    const [last, first] = rows.map(({ id }) => id);
    await client.query('begin');
    await client.query('select from public.payments where id = $1 for update', [last]);
    await new Promise((resolve) => setTimeout(resolve, 400));
    await client.query(`set local lock_timeout = '1500ms'`);
    await client.query('select from public.payments where id = $1 for update', [first]);
    await new Promise((resolve) => setTimeout(resolve, HOLD_MS - 400));
    counters.lockHolders += 1;
  } catch (error) {
    // 40P01: this one was the victim. Anything else: the server was killed meanwhile.
    if ((error as { code?: string }).code === '40P01') counters.deadlocks += 1;
  } finally {
    await client.end().catch(() => undefined);
  }
};

/** Tables a write to which may fail. */
const contested = [
  'public.payments',
  'private.inbox',
  'private.provider_calls',
  'private.idempotency_keys',
] as const;

/** Prepares `forceConflicts`: triggers that fail some writes of the services (not the rig's own) as Postgres would. */
export const installConflicts = async (db: OwnerDatabase): Promise<void> => {
  await db.query('create table rig.conflicts (share double precision not null)');
  await db.query('insert into rig.conflicts values (0)');
  // A sequence counts also what is rolled back.
  await db.query('create sequence rig.conflicts_forced');
  await db.query(`create function rig.conflict() returns trigger language plpgsql security definer as $$
    begin
      if session_user like 'tandem\\_%' and random() < (select share from rig.conflicts) then
        perform nextval('rig.conflicts_forced');
        if random() < 0.5 then raise exception 'forced by the rig' using errcode = 'deadlock_detected'; end if;
        raise exception 'forced by the rig' using errcode = 'serialization_failure';
      end if;
      return null;
    end $$`);
  for (const table of contested) {
    await db.query(`create trigger rig_conflict before insert or update on ${table}
      for each statement execute function rig.conflict()`);
  }
};

/** From now on this share of writes fails with a deadlock (40P01) or a serialization failure (40001). */
export const forceConflicts = async (db: OwnerDatabase, share: number): Promise<void> => {
  await db.query('update rig.conflicts set share = $1', [share]);
};

export const countForcedConflicts = async (db: OwnerDatabase): Promise<number> => {
  const [row] = await db.query<{ n: string }>(
    'select case when is_called then last_value else 0 end::text as n from rig.conflicts_forced',
  );
  return Number(row?.n ?? 0);
};
