import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import { SignJWT, UnsecuredJWT } from 'jose';
import { Client } from 'pg';
import { LOCAL_KEYS } from '../../local/parts/local-keys';
import { type Supabase, startSupabase } from '../../local/supabase/start-supabase';
import { insertRows } from '../database/access/fixture';
import { functions } from '../database/access/functions';
import { OTHER, OWNER } from '../database/access/people';
import { tables } from '../database/access/tables';
import {
  apis,
  KEYS,
  type Key,
  type Operation,
  OTHERS_PAYMENT,
  OWNERS_PAYMENT,
} from '../support/data-api-tables';
import { createTestDatabase, type TestDatabase } from '../support/postgres';

/** The tables of public through Supabase's own Data API and client. */
let database: TestDatabase;
let supabase: Supabase;
let clients: Readonly<Record<Key, SupabaseClient>>;

const options = { auth: { persistSession: false, autoRefreshToken: false } };
const withToken = (token: string): SupabaseClient =>
  createClient(supabase.url, LOCAL_KEYS.supabasePublishableKey, {
    ...options,
    global: { headers: { Authorization: `Bearer ${token}` } },
  });

/** Claims beside the subject that a client can influence at sign-up, and ones it cannot: none of them may decide anything. */
const BOASTS = {
  user_metadata: { role: 'service_role', sub: OTHER },
  app_metadata: { role: 'admin' },
  is_admin: true,
};

const tokenOf = (
  claims: Record<string, unknown>,
  secret: string = LOCAL_KEYS.supabaseJwtSecret,
  expiry = '5m',
): Promise<string> =>
  new SignJWT({ aud: 'authenticated', role: 'authenticated', ...BOASTS, ...claims })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuedAt()
    .setExpirationTime(expiry)
    .sign(new TextEncoder().encode(secret));

beforeAll(async () => {
  database = await createTestDatabase();
  const superuser = new Client({ connectionString: database.adminUrl });
  await superuser.connect();
  await insertRows(superuser);
  await superuser.end();
  supabase = await startSupabase(
    {
      port: 0,
      authDatabaseUrl: database.urlFor('supabase_auth_admin'),
      dataDatabaseUrl: database.adminUrl,
      jwtSecret: LOCAL_KEYS.supabaseJwtSecret,
      publishableKey: LOCAL_KEYS.supabasePublishableKey,
      secretKey: LOCAL_KEYS.supabaseSecretKey,
      siteUrl: 'http://127.0.0.1:4000',
      smtpPort: 1,
    },
    () => undefined,
  );
  clients = {
    anon: createClient(supabase.url, LOCAL_KEYS.supabasePublishableKey, options),
    owner: withToken(await tokenOf({ sub: OWNER })),
    other: withToken(await tokenOf({ sub: OTHER })),
    'no subject': withToken(await tokenOf({})),
    secret: createClient(supabase.url, LOCAL_KEYS.supabaseSecretKey, options),
  };
});

afterAll(async () => {
  await supabase.close();
  await database.drop();
});

type Answer = PromiseLike<{ data: unknown; error: { code: string; message: string } | null }>;

/** Names of the rows that came back, sorted; or the code of the refusal. */
const rowsOf = async (key: string, answer: Answer): Promise<readonly unknown[] | string> => {
  const { data, error } = await answer;
  if (error !== null) return error.code;
  return (data as Record<string, unknown>[]).map((row) => row[key]).toSorted();
};

describe.each(Object.entries(apis))('%s', (table, { key, insert, updates, may }) => {
  const cells = KEYS.flatMap((who) => {
    const from = () => clients[who].from(table);
    const all = <Filtered>(query: { not: (c: string, o: 'is', v: null) => Filtered }): Filtered =>
      query.not(key, 'is', null);
    const tries: Record<string, () => Answer> = {
      select: () => from().select('*'),
      insert: () => from().insert(insert).select(key),
    };
    for (const [name, values] of Object.entries(updates))
      tries[`update ${name}`] = () => all(from().update(values)).select(key);
    tries.delete = () => all(from().delete()).select(key);
    return Object.entries(tries).map(
      ([operation, run]) => [who, operation, run, may[who]?.[operation as Operation] ?? '42501'] as const,
    );
  });

  test.each(cells)('%s: %s', async (_who, _operation, run, expected) => {
    expect(await rowsOf(key, run())).toEqual(expected);
  });
});

test('every table of public is in the list above', () => {
  const declared = tables.map(({ name }) => name.split('.')).filter(([schema]) => schema === 'public');

  expect(Object.keys(apis).toSorted()).toEqual(declared.map(([, name]) => name).toSorted());
});

test('a question cannot be put so that it shows more', async () => {
  const { owner, anon } = clients;

  const widened = await owner
    .from('payments')
    .select('id')
    .or(`user_id.eq.${OTHER},user_id.is.null,id.not.is.null`);
  const embedded = await owner.from('prices').select('id, payments(id)');
  const stranger = await anon.from('prices').select('id, payments(id)');

  expect(widened.data).toEqual([{ id: OWNERS_PAYMENT }]);
  expect(JSON.stringify(embedded.data ?? [])).not.toContain(OTHERS_PAYMENT);
  expect(stranger.data).toBeNull();
});

test('no schema but public is there', async () => {
  for (const client of Object.values(clients))
    for (const schema of ['private', 'auth', 'pg_catalog', 'supabase_migrations', 'information_schema']) {
      const { error } = await client.schema(schema).from('users').select('*');
      expect([schema, error?.code]).toEqual([schema, 'PGRST106']);
    }
});

test('no function of private, and none of Postgres, can be called', async () => {
  const names = Object.keys(functions).map((signature) => signature.split('(')[0] ?? '');
  const nameIn = (schema: string) =>
    names.filter((name) => name.startsWith(`${schema}.`)).map((name) => name.slice(schema.length + 1));
  const ours = nameIn('private').filter((name) => !nameIn('public').includes(name));
  for (const name of [...ours, 'set_config', 'pg_sleep', 'pg_read_file'])
    for (const client of [clients.owner, clients.secret]) {
      const { error, status } = await client.rpc(name, { setting_name: 'role', new_value: 'postgres' });
      expect([name, error?.code ?? status]).toEqual([name, 'PGRST202']);
    }
});

const askForPayments = async (headers: Readonly<Record<string, string>>, query = '') => {
  const answer = await fetch(`${supabase.url}/rest/v1/payments?select=id${query}`, {
    headers: { apikey: LOCAL_KEYS.supabasePublishableKey, ...headers },
  });
  return { status: answer.status, text: await answer.text() };
};

test.each<[string, Readonly<Record<string, string>>, string]>([
  ['claims in a header', { 'request.jwt.claims': JSON.stringify({ sub: OWNER, role: 'service_role' }) }, ''],
  [
    'a role in a header',
    { role: 'service_role', 'x-supabase-role': 'postgres', 'x-postgres-role': 'postgres' },
    '',
  ],
  ['settings in the query', {}, '&role=eq.service_role&request.jwt.claims=eq.x'],
  ['statements in the query', {}, `;set%20role%20postgres`],
])('%s change nothing', async (_name, headers, query) => {
  const { status, text } = await askForPayments(headers, query);

  expect(status).toBeGreaterThanOrEqual(400);
  expect(text).not.toContain('-0000-');
});

describe('a token that was not issued', () => {
  const refused = async (token: string): Promise<void> => {
    const { status, text } = await askForPayments({ Authorization: `Bearer ${token}` });
    expect([status, text]).toEqual([401, expect.not.stringContaining('-0000-')]);
  };

  test('signed with another secret', async () =>
    refused(await tokenOf({ sub: OWNER }, 'another secret, and as long as the real one is')));
  test('not signed at all', () =>
    refused(new UnsecuredJWT({ sub: OWNER, role: 'service_role', aud: 'authenticated' }).encode()));
  test.each([
    'tandem_payment',
    'tandem_reconcile',
    'postgres',
    'supabase_admin',
    'supabase_auth_admin',
    'authenticator',
  ])('naming %s as its role, though signed with the secret', async (role) =>
    refused(await tokenOf({ sub: OWNER, role })),
  );
  test('expired', async () => refused(await tokenOf({ sub: OWNER }, undefined, '-5m')));
});
