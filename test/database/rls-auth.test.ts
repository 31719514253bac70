import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { createTestDatabase, type TestDatabase } from '../support/postgres';

/**
 * Every table of this part × every role × every operation, through the roles themselves. `0` and `1` are rows seen or
 * changed with one row of the caller's own and one of somebody else's in the table, `denied` is SQLSTATE 42501.
 */
type Verdict = 'denied' | number;
type Role =
  | 'anon'
  | 'owner'
  | 'stranger'
  | 'service_role'
  | `tandem_${'auth' | 'payment' | 'reconcile' | 'health'}`;
type Operation = 'select' | 'insert' | 'update' | 'delete' | 'truncate';

const ROLES: readonly Role[] = [
  'anon',
  'owner',
  'stranger',
  'service_role',
  'tandem_auth',
  'tandem_payment',
  'tandem_reconcile',
  'tandem_health',
];
const OPERATIONS: readonly Operation[] = ['select', 'insert', 'update', 'delete', 'truncate'];

interface Table {
  readonly name: string;
  /** Statements that try the operation; `$owner`, `$other` and `$third` are user ids. */
  readonly sql: Readonly<Record<Operation, string>>;
  /** What is expected; every combination not listed is `denied`. */
  readonly allowed: Partial<Record<Role, Partial<Record<Operation, Verdict>>>>;
}

const TABLES: readonly Table[] = [
  {
    name: 'public.user_profiles',
    sql: {
      select: 'select id, email, name, avatar_url, metadata from public.user_profiles',
      insert: "insert into public.user_profiles (id, email, name) values ('$third', 'x@example.test', 'X')",
      update: "update public.user_profiles set name = 'Changed'",
      delete: 'delete from public.user_profiles',
      truncate: 'truncate public.user_profiles cascade',
    },
    allowed: {
      owner: { select: 1, update: 1 },
      stranger: { select: 0, update: 0 },
      tandem_auth: { select: 2, insert: 1, update: 2 },
    },
  },
  {
    name: 'public.user_preferences',
    sql: {
      select: 'select user_id, locale from public.user_preferences',
      insert: "insert into public.user_preferences (user_id) values ('$third')",
      update: "update public.user_preferences set theme = 'dark'",
      delete: 'delete from public.user_preferences',
      truncate: 'truncate public.user_preferences cascade',
    },
    allowed: {
      owner: { select: 1, update: 1 },
      stranger: { select: 0, update: 0 },
      tandem_auth: { select: 2, insert: 1, update: 2 },
    },
  },
  {
    name: 'private.roles',
    sql: {
      select: 'select user_id, role from private.roles',
      insert: "insert into private.roles (user_id, role) values ('$third', 'admin')",
      update: "update private.roles set role = 'admin'",
      delete: 'delete from private.roles',
      truncate: 'truncate private.roles cascade',
    },
    allowed: { tandem_auth: { select: 2 }, tandem_payment: { select: 2 } },
  },
  {
    name: 'private.sessions',
    sql: {
      select: 'select id, user_id, ended_at from private.sessions',
      insert: `insert into private.sessions (user_id, token_hash, supabase_session_id, opened_by, idle_expires_at,
                 absolute_expires_at) values ('$owner', sha256('new'), gen_random_uuid(), 'password', now(), now())`,
      update: 'update private.sessions set last_used_at = now()',
      delete: 'delete from private.sessions',
      truncate: 'truncate private.sessions cascade',
    },
    allowed: {
      // Only those that have ended.
      tandem_auth: { select: 2, insert: 1, update: 2, delete: 0 },
      tandem_payment: { select: 2, update: 2 },
    },
  },
];

let testDatabase: TestDatabase;
const owner = randomUUID();
const other = randomUUID();
const third = randomUUID();
const clients = new Map<string, Client>();

const connect = async (role: string): Promise<Client> => {
  const known = clients.get(role);
  if (known !== undefined) return known;
  const client = new Client({ connectionString: testDatabase.urlFor(role) });
  await client.connect();
  clients.set(role, client);
  return client;
};

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  const client = new Client({ connectionString: testDatabase.adminUrl });
  await client.connect();
  for (const id of [owner, other, third]) {
    await client.query('insert into auth.users (id, email) values ($1, $2)', [id, `${id}@example.test`]);
  }
  // So that it can be inserted: an account whose rows are missing.
  await client.query('delete from public.user_profiles where id = $1', [third]);
  await client.query('delete from public.user_preferences where user_id = $1', [third]);
  for (const id of [owner, other]) {
    await client.query("insert into private.roles (user_id, role) values ($1, 'support')", [id]);
    await client.query(
      `insert into private.sessions (user_id, token_hash, supabase_session_id, opened_by, idle_expires_at, absolute_expires_at)
       values ($1, sha256($2::bytea), gen_random_uuid(), 'password', now() + interval '1 day', now() + interval '1 day')`,
      [id, id],
    );
  }
  await client.end();
});

afterAll(async () => {
  for (const client of clients.values()) await client.end();
  await testDatabase.drop();
});

/** Runs a statement as a role in a transaction that is rolled back; how many rows it saw or changed, or `denied`. */
const attempt = async (role: Role, sql: string): Promise<Verdict> => {
  const claims = { owner: { sub: owner }, stranger: { sub: randomUUID() } }[role as string];
  const databaseRole = claims === undefined ? role : 'authenticated';
  const client = await connect(role.startsWith('tandem_') ? role : 'authenticator');
  await client.query('begin');
  try {
    if (!role.startsWith('tandem_')) await client.query(`set local role ${databaseRole}`);
    await client.query("select set_config('request.jwt.claims', $1, true)", [
      JSON.stringify({ ...claims, role: databaseRole }),
    ]);
    const text = sql.replaceAll('$owner', owner).replaceAll('$other', other).replaceAll('$third', third);
    return (await client.query(text)).rowCount ?? 0;
  } catch (error) {
    if ((error as { code?: string }).code === '42501') return 'denied';
    throw error;
  } finally {
    await client.query('rollback');
  }
};

describe.each(TABLES)('$name', ({ sql, allowed }) => {
  const cases = ROLES.flatMap((role) =>
    OPERATIONS.map((operation) => [role, operation, allowed[role]?.[operation] ?? 'denied'] as const),
  );
  test.each(cases)('%s may %s: %s', async (role, operation, expected) => {
    expect(await attempt(role, sql[operation])).toBe(expected);
  });
});

describe('columns', () => {
  test.each<[Role, string]>([
    ['owner', "update public.user_profiles set email = 'x@example.test'"],
    ['owner', 'update public.user_profiles set id = gen_random_uuid()'],
    ['owner', 'update public.user_profiles set created_at = now()'],
    ['owner', 'update public.user_preferences set user_id = gen_random_uuid()'],
    ['tandem_payment', 'select user_agent, address from private.sessions'],
    ['tandem_payment', 'select granted_by from private.roles'],
    ['tandem_payment', 'update private.sessions set ended_at = null'],
    ['tandem_payment', "update private.sessions set token_hash = sha256('mine')"],
    ['tandem_auth', 'update private.sessions set user_id = gen_random_uuid()'],
    ['tandem_auth', 'update private.sessions set supabase_session_id = gen_random_uuid()'],
    ['tandem_auth', 'select * from auth.users'],
    ['tandem_auth', 'delete from auth.sessions'],
    ['tandem_payment', 'select * from auth.sessions'],
  ])('%s may not: %s', async (role, sql) => {
    expect(await attempt(role, sql)).toBe('denied');
  });
});

describe('functions', () => {
  const FUNCTIONS = [
    [
      'private.supabase_session_lives(gen_random_uuid(), gen_random_uuid())',
      ['tandem_auth', 'tandem_payment'],
    ],
    ["private.end_supabase_sessions(gen_random_uuid(), '{}')", ['tandem_auth']],
    ['private.end_other_supabase_sessions(gen_random_uuid(), null)', ['tandem_auth']],
  ] as const;
  const cases = FUNCTIONS.flatMap(([call, allowed]) =>
    ROLES.map((role) => [role, call, (allowed as readonly string[]).includes(role) ? 1 : 'denied'] as const),
  );
  test.each(cases)('%s calls %s: %s', async (role, call, expected) => {
    expect(await attempt(role, `select ${call}`)).toBe(expected);
  });

  test('end the sessions of the user named and of nobody else', async () => {
    const client = await connect('postgres');
    await client.query('begin');
    await client.query(
      `insert into auth.sessions (id, user_id) select gen_random_uuid(), u from unnest($1::uuid[]) u`,
      [[owner, owner, other]],
    );
    const { rows } = await client.query<{ id: string }>('select id from auth.sessions');
    const all = rows.map(({ id }) => id);
    await client.query('select private.end_supabase_sessions($1, $2)', [owner, all]);
    const left = await client.query('select user_id from auth.sessions');
    await client.query('rollback');
    expect(left.rows).toEqual([{ user_id: other }]);
  });
});

test('every table of this part is in the list above, has row-level security and a primary key', async () => {
  const client = await connect('postgres');
  const { rows } = await client.query<{ name: string; rls: boolean; keyed: boolean }>(
    `select format('%I.%I', n.nspname, c.relname) as name, c.relrowsecurity as rls,
            exists (select from pg_index i where i.indrelid = c.oid and i.indisprimary) as keyed
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p')
       and (c.relname ~ '^(user_|roles$|sessions$)' and n.nspname in ('public', 'private'))
     order by 1`,
  );
  expect(rows).toEqual(
    TABLES.map(({ name }) => ({ name, rls: true, keyed: true })).sort((a, b) => (a.name < b.name ? -1 : 1)),
  );
});
