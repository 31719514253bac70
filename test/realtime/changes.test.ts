import { setTimeout as sleep } from 'node:timers/promises';
import type { RealtimeClientOptions, SupabaseClient } from '@supabase/supabase-js';
import { Client } from 'pg';
import { dropSlot } from '../../local/realtime/feed/replication-slot';
import { type RunningRealtime, runRealtime } from '../../local/realtime/run-realtime';
import { createTestDatabase, type TestDatabase } from '../support/postgres';
import { clientFor, configFor, dismiss, makePerson, makeToken, type Person, until } from './realtime-stage';
import { type AnyChange, watchChanges } from './watch-changes';

const NOTES = `
  create table public.notes (
    id bigint generated always as identity primary key,
    owner uuid not null,
    title text, body text, price numeric(10,2), tags text[], meta jsonb, at timestamptz, secret text
  );
  alter table public.notes enable row level security;
  grant select (id, owner, title, body, price, tags, meta, at) on public.notes to authenticated;
  create policy "own notes" on public.notes for select to authenticated using (owner = (select auth.uid()));
  create table public.news (id int primary key, title text);
  grant select on public.news to anon, authenticated;
  create table public.unpublished (id int primary key);
  grant select on public.unpublished to authenticated;
  create table public.fussy (id int primary key);
  alter table public.fussy enable row level security;
  grant select on public.fussy to authenticated;
  create policy "fussy" on public.fussy for select to authenticated
    using (((select auth.jwt()) ->> 'level')::int > 1);
  alter publication supabase_realtime add table public.notes, public.news, public.fussy`;

describe('changes of rows', () => {
  let database: TestDatabase;
  let admin: Client;
  let realtime: RunningRealtime;
  let config: ReturnType<typeof configFor>;
  let [ada, eve]: Person[] = [];
  const clients: SupabaseClient[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    admin = new Client({ connectionString: database.adminUrl });
    await admin.connect();
    await admin.query(NOTES);
    config = configFor(database.adminUrl);
    realtime = await runRealtime(config, () => undefined);
    [ada, eve] = [await makePerson(admin), await makePerson(admin)];
  });
  afterEach(async () => {
    await Promise.all(clients.splice(0).map(dismiss));
  });
  afterAll(async () => {
    await realtime.close();
    await dropSlot(database.adminUrl);
    config.clean();
    await admin.end();
    await database.drop();
  });

  const openWith = async (token: (() => string) | null, options: RealtimeClientOptions = {}) => {
    const client = await clientFor(realtime.port, token, options);
    clients.push(client);
    return client;
  };
  const open = (person: Person | undefined, options: RealtimeClientOptions = {}): Promise<SupabaseClient> =>
    openWith(person ? () => person.token : null, options);
  const addNote = async (owner: Person | undefined, title: string): Promise<number> => {
    const { rows } = await admin.query<{ id: string }>(
      'insert into public.notes (owner, title) values ($1, $2) returning id',
      [owner?.id, title],
    );
    return Number(rows[0]?.id);
  };
  const titles = (changes: AnyChange[]): unknown[] =>
    changes.map((change) => (change.eventType === 'DELETE' ? change.old : change.new.title));

  test.each(['1.0.0', '2.0.0'])('arrive as Supabase sends them, by protocol %s', async (vsn) => {
    const watch = await watchChanges(await open(ada, { vsn }), [{ table: 'notes' }]);
    const { rows } = await admin.query<{ id: string }>(
      `insert into public.notes (owner, title, price, tags, meta, at, secret)
       values ($1, 'first', 12.50, '{a,"b c"}', '{"n": {"a": [1, null]}}', '2026-01-02 03:04:05.678901+01', 'hidden')
       returning id`,
      [ada?.id],
    );
    const id = Number(rows[0]?.id);
    await admin.query(`update public.notes set title = 'second' where id = $1`, [id]);
    // A row is judged when it is delivered: one that is gone by then is seen by nobody.
    await until(() => watch.changes.length === 2);
    await admin.query('delete from public.notes where id = $1', [id]);
    await until(() => watch.changes.length === 3);

    const record = {
      id,
      owner: ada?.id,
      title: 'first',
      body: null,
      price: 12.5,
      tags: ['a', 'b c'],
      meta: { n: { a: [1, null] } },
      at: '2026-01-02T02:04:05.678901+00:00',
    };
    const base = {
      schema: 'public',
      table: 'notes',
      errors: null,
      commit_timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    };
    expect(watch.statuses).toEqual(['SUBSCRIBED']);
    expect(watch.system).toEqual([
      expect.objectContaining({
        extension: 'postgres_changes',
        status: 'ok',
        message: 'Subscribed to PostgreSQL',
      }),
    ]);
    expect(watch.changes).toEqual([
      { ...base, eventType: 'INSERT', new: record, old: {} },
      { ...base, eventType: 'UPDATE', new: { ...record, title: 'second' }, old: { id } },
      { ...base, eventType: 'DELETE', new: {}, old: { id } },
    ]);
  });

  test('reach only who may select the row; of a deleted one everybody gets the key alone', async () => {
    const [forAda, forEve, forNobody] = await Promise.all([
      watchChanges(await open(ada), [{ table: 'notes' }]),
      watchChanges(await open(eve), [{ table: 'notes' }]),
      watchChanges(await open(undefined), [{ table: 'notes' }]),
    ]);
    const id = await addNote(ada, 'hers');
    await addNote(eve, 'his');
    await until(() => forAda.changes.length === 1 && forEve.changes.length === 1);
    await admin.query('delete from public.notes where id = $1', [id]);
    await until(() => forAda.changes.length === 2 && forEve.changes.length === 2);

    expect(titles(forAda.changes)).toEqual(['hers', { id }]);
    expect(titles(forEve.changes)).toEqual(['his', { id }]);
    // Who may not select the table at all is told so, and nothing of the row.
    expect(forNobody.changes.map(({ errors }) => errors)).toContainEqual(['Error 401: Unauthorized']);
    expect(forNobody.changes.flatMap((change) => Object.keys({ ...change.new, ...change.old }))).toEqual([]);
  });

  test('of a table without row-level security reach whoever may select it', async () => {
    const watch = await watchChanges(await open(undefined), [{ table: 'news', event: 'INSERT' }]);
    await admin.query(`insert into public.news values (1, 'all')`);
    await until(() => watch.changes.length === 1);

    expect(watch.changes[0]?.new).toEqual({ id: 1, title: 'all' });
  });

  test('are chosen by event, table, schema and columns', async () => {
    const client = await open(ada);
    const [updates, all, some] = [
      await watchChanges(client, [{ table: 'notes', event: 'UPDATE' }]),
      await watchChanges(client, [{ schema: '*' }]),
      await watchChanges(client, [{ table: 'notes', event: 'INSERT', select: ['title'] }]),
    ];
    const id = await addNote(ada, 'one');
    await admin.query(`update public.notes set title = 'two' where id = $1`, [id]);
    await admin.query(`insert into public.news values (2, 'news')`);
    await until(() => all.changes.length === 3 && updates.changes.length === 1 && some.changes.length === 1);

    expect(titles(updates.changes)).toEqual(['two']);
    expect(titles(all.changes)).toEqual(['one', 'two', 'news']);
    expect(some.changes[0]?.new).toEqual({ id, title: 'one' });
  });

  test('are filtered by every operator, and filters join by and', async () => {
    const prices = ['1.00', '2.00', '10.00'];
    const filters: [filter: string, matching: string[]][] = [
      ['price=eq.2', ['2.00']],
      ['price=neq.2.0', ['1.00', '10.00']],
      ['price=lt.2', ['1.00']],
      ['price=lte.2', ['1.00', '2.00']],
      ['price=gt.2', ['10.00']],
      ['price=gte.10', ['10.00']],
      ['price=in.(1,10)', ['1.00', '10.00']],
      ['price=not.in.(1,10)', ['2.00']],
      ['title=eq."a,b (1.00)"', ['1.00']],
      ['title=ilike."A,b (1%"', ['1.00', '10.00']],
      ['price=gt.1,price=lt.10', ['2.00']],
      ['body=is.null', prices],
    ];
    const heard = filters.map((): unknown[] => []);
    const channel = (await open(ada)).channel('filters');
    for (const [at, [filter]] of filters.entries()) {
      const wanted = { event: 'INSERT' as const, schema: 'public', table: 'notes', filter };
      channel.on('postgres_changes', wanted, ({ new: record }) => heard[at]?.push(record.price));
    }
    await new Promise((resolve) => channel.subscribe(resolve));
    for (const price of prices) {
      await admin.query('insert into public.notes (owner, title, price) values ($1, $2, $3)', [
        ada?.id,
        `a,b (${price})`,
        price,
      ]);
    }
    await until(() => heard.at(-1)?.length === 3);

    expect(heard).toEqual(filters.map(([, matching]) => matching.map(Number)));
  });

  test('a newer token goes on where the older ends, and without one the channel ends', async () => {
    let token = await makeToken(ada?.id ?? '', 1);
    const client = await openWith(() => token, { timeout: 2_000 });
    const late = await makeToken(ada?.id ?? '', 1);
    const ending = await watchChanges(await openWith(() => late), [{ table: 'notes' }]);
    const watch = await watchChanges(client, [{ table: 'notes' }]);
    token = await makeToken(ada?.id ?? '', 3600);
    await client.realtime.setAuth();
    await sleep(1_100);
    await addNote(ada, 'after the first token ended');
    await until(() => watch.changes.length === 1 && ending.statuses.includes('CLOSED'));

    expect(watch.statuses).toEqual(['SUBSCRIBED']);
    expect(ending.system.at(-1)).toMatchObject({ extension: 'system', status: 'error' });
    expect(ending.system.at(-1)?.message).toMatch(/^Token has expired \d seconds ago$/);
    expect(ending.changes).toEqual([]);
  });

  test.each([
    [{ table: 'unpublished' }, /Please check Realtime is enabled/],
    [{ table: 'notes', filter: 'secret=eq.x' }, /invalid column for filter secret/],
    [{ table: 'notes', filter: 'price=eq.cheap' }, /invalid input syntax for type numeric/],
    [{ table: 'notes', filter: 'price=approx.1' }, /Error parsing `filter` params/],
    [{ table: 'notes', select: ['secret'] }, /invalid column for select secret/],
  ])('%o cannot be had, and the client is told', async (wanted, message) => {
    const patient = await watchChanges(await open(ada), [wanted], {
      postgres_changes_options: { wait: true },
    });
    const watch = await watchChanges(await open(ada), [wanted]);
    await until(() => watch.system.length === 1);

    expect(patient.statuses).toEqual(['CHANNEL_ERROR']);
    expect(patient.errors[0]).toMatch(message);
    expect(watch.system[0]).toMatchObject({ extension: 'postgres_changes', status: 'error' });
    expect(watch.system[0]?.message).toMatch(message);
  });

  test('a policy that fails for one subscriber withholds the row from that one alone', async () => {
    const id = crypto.randomUUID();
    const bad = { id, token: await makeToken(id, 3600, { level: 'high' }) };
    const good = { id, token: await makeToken(id, 3600, { level: 2 }) };
    const [forBad, forGood] = [
      await watchChanges(await open(bad), [{ table: 'fussy' }]),
      await watchChanges(await open(good), [{ table: 'fussy' }]),
    ];
    await admin.query('insert into public.fussy values (1)');
    await until(() => forBad.changes.length === 1 && forGood.changes.length === 1);

    expect(forGood.changes[0]?.new).toEqual({ id: 1 });
    expect(forBad.changes[0]?.new).toEqual({});
    expect(forBad.changes[0]?.errors).toEqual([
      'Error 500: Internal Server Error, RLS policy evaluation failed',
    ]);
  });

  test('come in the order of commit, none lost and none twice, over breaks of the replication stream', async () => {
    const [forAda, forEve] = [
      await watchChanges(await open(ada), [{ table: 'notes', event: 'INSERT' }]),
      await watchChanges(await open(eve), [{ table: 'notes', event: 'INSERT' }]),
    ];
    for (let n = 0; n < 300; n += 1) {
      await addNote(n % 2 === 0 ? ada : eve, `${n}`);
      if (n % 100 === 50) {
        await admin.query(`select pg_terminate_backend(active_pid) from pg_replication_slots
          where database = current_database() and active`);
      }
    }
    await until(() => forAda.changes.length >= 150 && forEve.changes.length >= 150);
    await sleep(50);

    const expected = (odd: number) => Array.from({ length: 150 }, (_, n) => `${2 * n + odd}`);
    expect(titles(forAda.changes)).toEqual(expected(0));
    expect(titles(forEve.changes)).toEqual(expected(1));
  });

  test('the log is let go of once it is delivered, and also while it concerns nobody', async () => {
    const behind = async (): Promise<number> => {
      const { rows } = await admin.query<{ bytes: string }>(
        `select pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn) as bytes
         from pg_replication_slots where database = current_database()`,
      );
      return Number(rows[0]?.bytes);
    };
    await admin.query(`insert into public.unpublished select generate_series(1, 20000)`);
    const end = Date.now() + 5_000;
    while ((await behind()) > 100_000 && Date.now() < end) await sleep(20);

    expect(await behind()).toBeLessThan(100_000);
  });
});
