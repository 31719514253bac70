import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { migrate } from '../../local/postgres/apply-migrations';
import { createTestDatabase, type TestDatabase } from '../support/postgres';

const SAMPLE = `-- Two statements, as the CLI would record them apart.
create table private.sample (id int primary key, waits text default current_setting('lock_timeout'));

insert into private.sample (id) values (1);
`;

let database: TestDatabase;
let owner: Client;
let folder: string;

beforeEach(async () => {
  database = await createTestDatabase();
  owner = new Client({ connectionString: database.urlFor('postgres') });
  await owner.connect();
  folder = mkdtempSync(join(tmpdir(), 'tandem-migrate-'));
  mkdirSync(join(folder, 'migrations'));
  write('migrations/20990101000000_create_sample.sql', SAMPLE);
  write('seed.sql', 'insert into private.sample (id) values (2);');
});

afterEach(async () => {
  await owner.end();
  await database.drop();
  rmSync(folder, { recursive: true });
});

const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
const run = () => migrate(database.urlFor('postgres'), folder);
const rows = async (text: string, values: unknown[] = []) => (await owner.query(text, values)).rows;

test('a real database gets the migrations that it lacks, and no seed', async () => {
  expect(await run()).toEqual(['20990101000000_create_sample.sql']);
  expect(await rows('select id from private.sample')).toEqual([{ id: 1 }]);
  expect(await run()).toEqual([]);
});

test('a migration does not wait for ever for a table, with everybody behind it', async () => {
  await run();
  expect(await rows('select waits from private.sample')).toEqual([{ waits: '10s' }]);
});

test('one that fails leaves nothing behind', async () => {
  write('migrations/20990101000000_create_sample.sql', `${SAMPLE}select 1 / 0;`);
  await expect(run()).rejects.toThrow('20990101000000_create_sample.sql');
  expect(await rows("select to_regclass('private.sample') as found")).toEqual([{ found: null }]);
});

test('what the Supabase CLI has applied, in its own words, is taken for applied', async () => {
  const statements = SAMPLE.split(';')
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
  for (const statement of statements) await owner.query(statement);
  await owner.query('insert into supabase_migrations.schema_migrations values ($1, $2, $3)', [
    '20990101000000',
    statements,
    'create_sample',
  ]);
  expect(await run()).toEqual([]);
});

test('one that was changed after it was applied is refused', async () => {
  await run();
  write('migrations/20990101000000_create_sample.sql', SAMPLE.replace('(1)', '(3)'));
  await expect(run()).rejects.toThrow('was changed after it was applied');
});
