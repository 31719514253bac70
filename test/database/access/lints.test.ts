import { Client } from 'pg';
import { createTestDatabase, type TestDatabase } from '../../support/postgres';
import { lints } from './lints';

let database: TestDatabase;
let superuser: Client;

beforeAll(async () => {
  database = await createTestDatabase();
  superuser = new Client({ connectionString: database.adminUrl });
  await superuser.connect();
  // So that conditions are written out with the schema of what they call.
  await superuser.query(`set search_path = ''`);
});

afterAll(async () => {
  await superuser.end();
  await database.drop();
});

const find = async (sql: string): Promise<readonly string[]> => {
  const { rows } = await superuser.query<{ found: string }>(sql);
  return rows.map(({ found }) => found).toSorted();
};

describe.each(lints)('$name', ({ sql, plant, meant = {} }) => {
  test('holds', async () => {
    expect(await find(sql)).toEqual(Object.keys(meant).toSorted());
  });

  test('is missed where it does not', async () => {
    await superuser.query('begin');
    try {
      await superuser.query(plant);
      expect((await find(sql)).length).toBeGreaterThan(Object.keys(meant).length);
    } finally {
      await superuser.query('rollback');
    }
  });
});
