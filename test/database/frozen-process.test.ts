import { execFileSync } from 'node:child_process';
import { type Database, makeDatabase } from '#shared/database/pool';
import { createTestDatabase, type TestDatabase } from '../support/postgres';

/** Long enough for a statement that follows at once, short enough to have passed when the process is awake again. */
const IDLE_MS = 100;

let testDatabase: TestDatabase;
let database: Database;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = makeDatabase({
    connectionString: testDatabase.urlFor('tandem_auth'),
    applicationName: 'frozen',
    idleMs: IDLE_MS,
  });
});
afterAll(async () => {
  await database.close();
  await testDatabase.drop();
});

const backend = async (): Promise<number> => {
  const { rows } = await database.query<{ pid: number }>('select pg_backend_pid() as pid');
  return rows[0]?.pid ?? 0;
};

/** Stops this whole process, as Lambda does between requests, while a pooler in front of Postgres closes what is idle. */
const freeze = (): void => {
  const script = `
    const client = new (require('pg').Client)(process.argv[1]);
    client.connect()
      .then(() => client.query("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'frozen'"))
      .then(() => new Promise((done) => setTimeout(done, ${2 * IDLE_MS})))
      .then(() => client.end());`;
  execFileSync(process.execPath, ['-e', script, testDatabase.adminUrl], { timeout: 20_000 });
};

it('a connection that was closed while the process was frozen fails nobody', async () => {
  const before = await backend();
  freeze();
  expect(await backend()).not.toBe(before);
});

it('one that was used a moment ago is used again', async () => {
  expect(await backend()).toBe(await backend());
});
