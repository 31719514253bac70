import { Client } from 'pg';
import { createTestDatabase, type TestDatabase } from '../../support/postgres';
import { readCoverage } from './catalogue';
import { insertRows, prepareMatrix } from './fixture';
import { runMatrix } from './matrix';
import { roles } from './people';

let database: TestDatabase;
let superuser: Client;

beforeAll(async () => {
  database = await createTestDatabase();
  superuser = new Client({ connectionString: database.adminUrl });
  await superuser.connect();
  await insertRows(superuser);
});

afterAll(async () => {
  await superuser.end();
  await database.drop();
});

test('whatever stands in public and private is declared', async () => {
  const { undeclared, vanished } = await readCoverage(superuser);

  expect({ undeclared, vanished }).toEqual({ undeclared: [], vanished: [] });
});

test('everybody may do what is declared and nothing else', async () => {
  const rowNames = await prepareMatrix(superuser);
  await superuser.query('begin');
  const { cells, differences } = await runMatrix({ superuser, rowNames });
  await superuser.query('rollback');

  expect(differences).toEqual([]);
  expect(cells).toBeGreaterThan(2_500);
});

/** Postgres answers for columns from its catalogue; this asks the executor, which checks before it would do anything. */
test('what Postgres says of columns is what it does', async () => {
  const { rows } = await superuser.query<{ table: string; column: string; role: string; held: string[] }>(
    `select format('%I.%I', n.nspname, c.relname) as table, quote_ident(a.attname) as column, r.role,
       array(select p from unnest(array['SELECT', 'INSERT', 'UPDATE']) p
             where has_column_privilege(r.role, c.oid, a.attnum, p) and has_schema_privilege(r.role, n.oid, 'USAGE')) as held
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped, unnest($1::text[]) as r(role)
     where n.nspname in ('public', 'private') and c.relkind in ('r', 'p')`,
    [roles],
  );
  const statements = {
    SELECT: (table: string, column: string) => `explain select ${column} from ${table}`,
    INSERT: (table: string, column: string) => `explain insert into ${table} (${column}) values (default)`,
    UPDATE: (table: string, column: string) => `explain update ${table} set ${column} = default`,
  };
  const probes = rows.flatMap(({ table, column, role, held }) =>
    Object.entries(statements).map(([privilege, text]) => ({
      cell: `${held.includes(privilege) ? 'done' : 'denied'} ${table}.${column} ${role} ${privilege}`,
      role,
      claims: '{}',
      kind: 'run',
      sql: text(table, column),
    })),
  );
  const { rows: differing } = await superuser.query(
    `select cell, verdict from pg_temp.attempt($1) where split_part(cell, ' ', 1) <> verdict`,
    [JSON.stringify(probes)],
  );

  expect(differing).toEqual([]);
});

test.each([
  'tandem_auth',
  'tandem_payment',
  'tandem_reconcile',
  'tandem_health',
  'tandem_files',
  'tandem_notification',
  'authenticator',
])('%s, logged in, becomes no other role than its own', async (login) => {
  const client = new Client({ connectionString: database.urlFor(login) });
  await client.connect();
  const mine = login === 'authenticator' ? ['anon', 'authenticated', 'service_role'] : [login];
  const others = [...roles, 'authenticator', 'postgres', 'supabase_admin', 'supabase_auth_admin'];
  for (const role of others.filter((name) => name !== login && !mine.includes(name))) {
    await expect(client.query(`set role ${role}`)).rejects.toMatchObject({ code: '42501' });
    await expect(client.query(`set session authorization ${role}`)).rejects.toMatchObject({
      code: '42501',
    });
  }
  await client.end();
});
