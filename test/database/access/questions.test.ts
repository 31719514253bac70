import { Client } from 'pg';
import { createTestDatabase, type TestDatabase } from '../../support/postgres';
import { insertRows } from './fixture';
import { OTHER, OTHERS_PAYMENT, OWNER, OWNERS_PAYMENT } from './people';

let database: TestDatabase;
let superuser: Client;
let authenticator: Client;

beforeAll(async () => {
  database = await createTestDatabase();
  superuser = new Client({ connectionString: database.adminUrl });
  await superuser.connect();
  await insertRows(superuser);
  authenticator = new Client({ connectionString: database.urlFor('authenticator') });
  await authenticator.connect();
});

afterAll(async () => {
  await Promise.all([superuser.end(), authenticator.end()]);
  await database.drop();
});

test.each([
  [`select id from public.payments where user_id <> '${OWNER}'`, []],
  [`select id from public.payments where user_id is distinct from '${OWNER}'`, []],
  ['select id from public.payments where true or user_id is null', [OWNERS_PAYMENT]],
  ['select id from public.payments p where exists (select from public.payments q where q.id <> p.id)', []],
  ['select a.id from public.payments a cross join public.payments b', [OWNERS_PAYMENT]],
  // A row that is not shown must not show itself by an error of what is asked of it.
  [
    `select id from public.payments where 1 / (case id when '${OTHERS_PAYMENT}' then 0 else 1 end) = 1`,
    [OWNERS_PAYMENT],
  ],
])('an owner sees the own payment alone, however the question is put: %s', async (text, expected) => {
  await authenticator.query('begin; set local role authenticated');
  try {
    await authenticator.query(`select set_config('request.jwt.claims', $1, true)`, [
      JSON.stringify({ sub: OWNER }),
    ]);
    const { rows } = await authenticator.query<{ id: string }>(text);
    expect(rows.map(({ id }) => id)).toEqual(expected);
  } finally {
    await authenticator.query('rollback');
  }
});

test('sessions of Supabase Auth end for the user named and for nobody else', async () => {
  await superuser.query('begin');
  await superuser.query(
    'insert into auth.sessions (id, user_id) select gen_random_uuid(), u from unnest($1::uuid[]) u',
    [[OWNER, OWNER, OTHER]],
  );
  await superuser.query('select private.end_supabase_sessions($1, array(select id from auth.sessions))', [
    OWNER,
  ]);
  const left = await superuser.query('select user_id from auth.sessions');
  await superuser.query('rollback');

  expect(left.rows).toEqual([{ user_id: OTHER }]);
});
