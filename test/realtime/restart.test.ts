import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SupabaseClient } from '@supabase/supabase-js';
import { Client } from 'pg';
import { freePort } from '../../local/ports/free-port';
import { applyBaseline } from '../../local/postgres/apply-baseline';
import { type Postgres, type StartPostgresOptions, startPostgres } from '../../local/postgres/start-postgres';
import { type Realtime, startRealtime } from '../../local/realtime/start-realtime';
import { forwardRealtime, relayRealtimeSockets } from '../../local/supabase/relay-realtime';
import { serveWeb } from '../../local/supabase/serve-web';
import { clientFor, configFor, dismiss, makePerson, type Person, until } from './realtime-stage';
import { type Watch, watchChanges } from './watch-changes';

const NOTES = `
  create table public.notes (id bigint generated always as identity primary key, owner uuid, title text);
  alter table public.notes enable row level security;
  grant select on public.notes to authenticated;
  create policy "own notes" on public.notes for select to authenticated using (owner = (select auth.uid()));
  alter publication supabase_realtime add table public.notes`;

/** A Postgres of its own, since it is killed; the server in its process, behind the address of Supabase. */
describe('over restarts', () => {
  let folder: string;
  let start: StartPostgresOptions;
  let postgres: Postgres;
  let config: ReturnType<typeof configFor>;
  let realtime: Realtime;
  let origin: Server;
  const people: Person[] = [];
  const clients: SupabaseClient[] = [];
  const watches: Watch[] = [];
  const written: string[][] = [[], []];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tandem-restarts-'));
    chmodSync(folder, 0o755);
    start = { dataDir: join(folder, 'data'), port: await freePort(), durable: false };
    postgres = await startPostgres(start);
    await applyBaseline(postgres.url());
    await connected(async (database) => {
      await database.query(NOTES);
      people.push(await makePerson(database), await makePerson(database));
    });
    config = configFor(postgres.url());
    realtime = await startRealtime(config, () => undefined);
    const rest = async (): Promise<Response> => new Response('not Realtime');
    origin = await serveWeb(0, forwardRealtime(realtime.port, rest));
    relayRealtimeSockets(origin, realtime.port);
    const address = origin.address();
    const port = address && typeof address === 'object' ? address.port : 0;
    for (const { token } of people) {
      const client = await clientFor(port, () => token, { reconnectAfterMs: () => 200 });
      clients.push(client);
      watches.push(await watchChanges(client, [{ table: 'notes' }]));
    }
  });
  afterAll(async () => {
    await Promise.all(clients.map(dismiss));
    origin.closeAllConnections();
    await new Promise((resolve) => origin.close(resolve));
    await realtime.close();
    await postgres.stop();
    config.clean();
    rmSync(folder, { recursive: true, force: true });
  });

  const connected = async (work: (database: Client) => Promise<void>): Promise<void> => {
    const database = new Client({ connectionString: postgres.url() });
    await database.connect();
    await work(database).finally(() => database.end());
  };
  /** Rows for both, in turn, some of them many to a transaction. */
  const write = (label: string): Promise<void> =>
    connected(async (database) => {
      for (let n = 0; n < 60; n += 1) {
        const to = n % 2;
        const titles = Array.from({ length: n % 10 === 0 ? 5 : 1 }, (_, part) => `${label} ${n} ${part}`);
        await database.query('insert into public.notes (owner, title) select $1, unnest($2::text[])', [
          people[to]?.id,
          titles,
        ]);
        written[to]?.push(...titles);
      }
    });
  const arrived = (at: number): unknown[] =>
    watches[at]?.changes.map(({ new: record }) => 'title' in record && record.title) ?? [];
  const isAllThere = (): boolean => written.every((titles, at) => new Set(arrived(at)).size >= titles.length);

  test('of the server, in good order: nothing is lost, doubled or out of order', async () => {
    await write('before');
    const restarting = realtime.restart();
    await write('meanwhile');
    await restarting;
    await write('after');
    await until(isAllThere);

    expect([arrived(0), arrived(1)]).toEqual(written);
  });

  test('of the server, killed: nothing is lost; what was on its way may come twice', async () => {
    await write('before the kill');
    await realtime.kill();
    await write('while it is dead');
    await realtime.restart();
    await until(isAllThere);

    expect([0, 1].map((at) => [...new Set(arrived(at))])).toEqual(written);
  });

  test('of Postgres, killed: the stream goes on where it broke', async () => {
    const before = [arrived(0).length, arrived(1).length];
    const since = written.map((titles) => titles.length);
    await write('before Postgres dies');
    await postgres.kill();
    postgres = await startPostgres(start);
    await write('after its recovery');
    await until(isAllThere);

    const news = [0, 1].map((at) => arrived(at).slice(before[at]));
    expect(news).toEqual(written.map((titles, at) => titles.slice(since[at])));
  });

  test('other requests at the address are not for Realtime', async () => {
    const address = origin.address();
    const port = address && typeof address === 'object' ? address.port : 0;
    const get = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).status;

    expect(await get('/rest/v1/notes')).toBe(200);
    expect(await get('/realtime/v1/api/unknown')).toBe(404);
  });
});
