import { join } from 'node:path';
import { Client } from 'pg';
import { applyBaseline } from '../../../local/postgres/apply-baseline';
import { applyMigrations } from '../../../local/postgres/apply-migrations';
import { createTestDatabase, type TestDatabase } from '../../support/postgres';
import { insertRows, prepareMatrix } from './fixture';
import { runMatrix } from './matrix';

/** What a Supabase project from before May 2026 gives its API roles on whatever its owner makes in public. */
const EVERYTHING = ['tables', 'sequences', 'functions']
  .map(
    (kind) =>
      `alter default privileges for role postgres in schema public grant all on ${kind} to anon, authenticated, service_role;`,
  )
  .join('\n');

let neighbour: TestDatabase;
let superuser: Client;
const name = `test_old_project_${process.pid}`;

const onServer = async (text: string): Promise<void> => {
  const client = new Client({ connectionString: neighbour.adminUrl });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
};

beforeAll(async () => {
  neighbour = await createTestDatabase();
  await onServer(`create database ${name} template template0`);
  const urlFor = (role?: string): string =>
    (role === undefined ? neighbour.adminUrl : neighbour.urlFor(role)).replace(neighbour.name, name);
  superuser = new Client({ connectionString: urlFor() });
  await superuser.connect();
  await superuser.query(EVERYTHING);
  await applyBaseline(urlFor());
  await applyMigrations(urlFor('postgres'), join(__dirname, '../../../supabase'));
});

afterAll(async () => {
  await superuser.end();
  await onServer(`drop database ${name} with (force)`);
  await neighbour.drop();
});

test('in a project that once granted everything by default, everybody may do what is declared and nothing else', async () => {
  await insertRows(superuser);
  const rowNames = await prepareMatrix(superuser);
  await superuser.query('begin');
  const { differences } = await runMatrix({ superuser, rowNames });
  await superuser.query('rollback');

  expect(differences).toEqual([]);
});
