import { Client } from 'pg';
import { createTestDatabase, type TestDatabase } from '../support/postgres';

describe('test database', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  async function ask(url: string, ...statements: string[]) {
    const client = new Client({ connectionString: url });
    await client.connect();
    try {
      let rows: unknown[] = [];
      for (const statement of statements) rows = (await client.query(statement)).rows;
      return rows;
    } finally {
      await client.end();
    }
  }

  test('carries the history of the migrations', async () => {
    const rows = await ask(
      database.adminUrl,
      'select version from supabase_migrations.schema_migrations order by 1 limit 1',
    );

    expect(rows).toEqual([{ version: '20261122000000' }]);
  });

  test('every service role can log in, and none bypasses row-level security', async () => {
    for (const role of ['tandem_auth', 'tandem_payment', 'tandem_reconcile', 'tandem_health']) {
      const rows = await ask(
        database.urlFor(role),
        'select rolsuper, rolbypassrls from pg_roles where rolname = current_user',
      );
      expect(rows).toEqual([{ rolsuper: false, rolbypassrls: false }]);
    }
  });

  test('a role without its password is refused', async () => {
    const url = database.urlFor('tandem_auth').replace(':tandem_auth@', ':wrong@');

    await expect(ask(url, 'select 1')).rejects.toThrow('password authentication failed');
  });

  test('owner of the migrations is no superuser, as in a hosted project', async () => {
    const rows = await ask(database.urlFor('postgres'), 'show is_superuser');

    expect(rows).toEqual([{ is_superuser: 'off' }]);
  });

  test('a new public table is closed to the API roles until a migration grants it', async () => {
    await ask(database.urlFor('postgres'), 'create table public.probe (id int)');

    for (const role of ['anon', 'authenticated', 'service_role']) {
      const attempt = ask(database.urlFor('authenticator'), `set role ${role}`, 'select * from public.probe');
      await expect(attempt).rejects.toThrow('permission denied for table probe');
    }
  });

  test('auth.uid() and auth.role() read the claims of the transaction', async () => {
    const rows = await ask(
      database.urlFor('authenticator'),
      'set role authenticated',
      `select set_config('request.jwt.claims', '{"sub":"6f1d1a0e-7b0c-4f0e-9a55-0c6de5a3f0aa","role":"authenticated"}', false)`,
      'select auth.uid(), auth.role()',
    );

    expect(rows).toEqual([{ uid: '6f1d1a0e-7b0c-4f0e-9a55-0c6de5a3f0aa', role: 'authenticated' }]);
  });

  test('owner may hang triggers and foreign keys on auth.users but not drop it', async () => {
    const owner = database.urlFor('postgres');
    await ask(owner, 'create table public.child (id uuid references auth.users (id) on delete cascade)');

    await expect(ask(owner, 'drop table auth.users cascade')).rejects.toThrow('must be owner');
  });
});
