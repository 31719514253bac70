import { randomUUID } from 'node:crypto';
import { type Database, makeDatabase } from '#shared/database/pool';
import { createTestDatabase, type TestDatabase } from '../support/postgres';

let testDatabase: TestDatabase;
let admin: Database;
/** As Supabase Auth connects: it may write auth and nothing of ours. */
let supabaseAuth: Database;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  admin = makeDatabase({ connectionString: testDatabase.adminUrl, applicationName: 'test' });
  supabaseAuth = makeDatabase({
    connectionString: testDatabase.urlFor('supabase_auth_admin'),
    applicationName: 'gotrue',
  });
});

afterAll(async () => {
  await supabaseAuth.close();
  await admin.close();
  await testDatabase.drop();
});

const signUp = async (metadata: unknown, email: string | null = `${randomUUID()}@example.test`) => {
  const id = randomUUID();
  await supabaseAuth.query('insert into auth.users (id, email, raw_user_meta_data) values ($1, $2, $3)', [
    id,
    email,
    metadata === undefined ? null : JSON.stringify(metadata),
  ]);
  const { rows } = await admin.query<{
    name: string;
    avatar_url: string | null;
    metadata: unknown;
    email: string;
    locale: string;
  }>(
    `select p.name, p.avatar_url, p.metadata, p.email, q.locale
     from public.user_profiles p join public.user_preferences q on q.user_id = p.id where p.id = $1`,
    [id],
  );
  return { id, email, row: rows[0] };
};

describe('a new account', () => {
  test('has a profile and preferences at once', async () => {
    const { email, row } = await signUp({
      name: ' Ada ',
      avatar_url: 'https://example.test/a.png',
      team: 'blue',
      email: 'x',
      email_verified: true,
      sub: 'x',
    });
    expect(row).toEqual({
      email,
      name: 'Ada',
      avatar_url: 'https://example.test/a.png',
      metadata: { team: 'blue' },
      locale: 'en',
    });
  });

  test.each([
    ['nothing', undefined, ''],
    ['null', null, ''],
    ['an array', ['x'], ''],
    ['a number', 7, ''],
    ['text that is no JSON', 'not json', ''],
    ['an object inside text, as the embedded Supabase stores it', JSON.stringify({ name: 'Ada' }), 'Ada'],
    ['a list inside text', '[1]', ''],
    ['a name that is an object', { name: { first: 'Ada' } }, '{"first": "Ada"}'],
    ['an empty name and a full one', { name: '  ', full_name: 'Ada L.' }, 'Ada L.'],
    ['a name of any length', { name: 'x'.repeat(10_000) }, 'x'.repeat(120)],
    ['a picture that is none', { name: 'A', avatar_url: 'javascript:alert(1)' }, 'A'],
    ['metadata of any size', { name: 'A', big: 'x'.repeat(100_000) }, 'A'],
  ])('is made whatever metadata it brings: %s', async (_what, metadata, name) => {
    const { row } = await signUp(metadata);
    expect(row).toMatchObject({ name, avatar_url: null, metadata: {} });
  });

  test('may have no address', async () => {
    expect((await signUp({ name: 'Phone' }, null)).row).toMatchObject({ email: null, name: 'Phone' });
  });

  test('is made even when its profile cannot be', async () => {
    await admin.query('alter table public.user_profiles add constraint broken check (name <> $$broken$$)');
    const { id, row } = await signUp({ name: 'broken' });
    expect(row).toBeUndefined();
    expect((await admin.query('select 1 from auth.users where id = $1', [id])).rows).toHaveLength(1);
    await admin.query('alter table public.user_profiles drop constraint broken');
  });
});

test('the profile follows a changed address and keeps what its user chose', async () => {
  const { id } = await signUp({ name: 'Ada' });
  await admin.query("update public.user_profiles set name = 'Countess' where id = $1", [id]);
  await supabaseAuth.query('update auth.users set email = $2 where id = $1', [id, `new-${id}@example.test`]);
  const { rows } = await admin.query('select name, email from public.user_profiles where id = $1', [id]);
  expect(rows).toEqual([{ name: 'Countess', email: `new-${id}@example.test` }]);
});

test('nothing of an account outlives it', async () => {
  const { id } = await signUp({ name: 'Ada' });
  await admin.query("insert into private.roles (user_id, role) values ($1, 'support')", [id]);
  await admin.query(
    `insert into private.sessions (user_id, token_hash, supabase_session_id, opened_by, idle_expires_at, absolute_expires_at)
     values ($1, sha256('x'), gen_random_uuid(), 'password', now(), now())`,
    [id],
  );
  await supabaseAuth.query('delete from auth.users where id = $1', [id]);
  for (const [table, column] of [
    ['public.user_profiles', 'id'],
    ['public.user_preferences', 'user_id'],
    ['private.sessions', 'user_id'],
    ['private.roles', 'user_id'],
  ]) {
    expect((await admin.query(`select 1 from ${table} where ${column} = $1`, [id])).rows).toEqual([]);
  }
});

describe('constraints', () => {
  test.each([
    ['public.user_preferences', "theme = 'pink'", '23514'],
    ['public.user_preferences', "locale = 'english'", '23514'],
    ['public.user_preferences', "timezone = 'Europe/../etc'", '22023'],
    ['public.user_profiles', "avatar_url = 'http://example.test'", '23514'],
    ['public.user_profiles', "metadata = '[]'", '23514'],
    ['public.user_profiles', "metadata = jsonb_build_object('a', repeat('x', 70000))", '23514'],
  ])('%s refuses %s', async (table, change, code) => {
    await signUp({});
    await expect(admin.query(`update ${table} set ${change}`)).rejects.toMatchObject({
      cause: { code },
    });
  });

  test('updated_at follows every change, whoever makes it', async () => {
    const { id } = await signUp({});
    await admin.query("update public.user_profiles set updated_at = '2001-01-01' where id = $1", [id]);
    const { rows } = await admin.query<{ fresh: boolean }>(
      "select updated_at > now() - interval '1 minute' as fresh from public.user_profiles where id = $1",
      [id],
    );
    expect(rows).toEqual([{ fresh: true }]);
  });
});
