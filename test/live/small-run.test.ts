import { Client } from 'pg';
import { LOCAL_KEYS } from '../../local/parts/local-keys';
import { dropSlot } from '../../local/realtime/feed/replication-slot';
import { type Realtime, startRealtime } from '../../local/realtime/start-realtime';
import { configFor, makePerson, type Person } from '../realtime/realtime-stage';
import { createTestDatabase, type TestDatabase } from '../support/postgres';
import { isLiveClean, renderLive } from './print-live';
import { type LiveReport, runLive } from './run-live';
import type { Project, Stage } from './stage';
import { watchRows } from './watch-rows';

const asPerson = ({ id, token }: Person) => ({ id, accessToken: token });

/** A short run with a fixed seed, over one restart of the server; docs/live.md tells how to run a long one. */
describe('rows of two people, live', () => {
  let database: TestDatabase;
  let realtime: Realtime;
  let report: LiveReport;
  const config: { current?: ReturnType<typeof configFor> } = {};

  beforeAll(async () => {
    database = await createTestDatabase();
    const client = new Client({ connectionString: database.adminUrl });
    await client.connect();
    const [first, second] = [await makePerson(client), await makePerson(client)];
    await client.end();
    config.current = configFor(database.adminUrl);
    realtime = await startRealtime(config.current, () => undefined);
    const project: Project = {
      supabaseUrl: `http://127.0.0.1:${realtime.port}`,
      publishableKey: LOCAL_KEYS.supabasePublishableKey,
    };
    const stage: Stage = {
      databaseUrl: database.adminUrl,
      people: [asPerson(first), asPerson(second)],
      watch: (person) => watchRows(project, person),
      restarts: { realtime: realtime.restart },
    };
    report = await runLive(stage, { events: 400, seed: 7, restarts: ['realtime'] });
  }, 60_000);

  afterAll(async () => {
    await realtime?.close();
    await dropSlot(database.adminUrl);
    config.current?.clean();
    await database.drop();
  });

  it('reach whom they belong to, and nobody else, each once and in the order of commit', () => {
    expect(isLiveClean(report) ? '' : renderLive(report)).toBe('');
  });

  it('really were many, and some were undone', () => {
    expect(report.transactions.undone).toBeGreaterThan(0);
    for (const { expected } of report.people) expect(expected).toBeGreaterThan(150);
  });
});
