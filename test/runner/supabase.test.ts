import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import { Client } from 'pg';
import { type MailCatcher, startMailCatcher } from '../../local/mail/start-mail-catcher';
import { LOCAL_KEYS } from '../../local/parts/local-keys';
import { type Supabase, startSupabase } from '../../local/supabase/start-supabase';
import { createTestDatabase, type TestDatabase } from '../support/postgres';

const ROOT = join(__dirname, '..', '..');
const SITE = 'http://127.0.0.1:4000';

describe('embedded Supabase', () => {
  let database: TestDatabase;
  let mail: MailCatcher;
  let supabase: Supabase;
  let admin: Client;
  beforeAll(async () => {
    database = await createTestDatabase();
    mail = await startMailCatcher({ smtpPort: 0, httpPort: 0 });
    const config = {
      port: 0,
      authDatabaseUrl: database.urlFor('supabase_auth_admin'),
      dataDatabaseUrl: database.adminUrl,
      jwtSecret: LOCAL_KEYS.supabaseJwtSecret,
      publishableKey: LOCAL_KEYS.supabasePublishableKey,
      secretKey: LOCAL_KEYS.supabaseSecretKey,
      siteUrl: SITE,
      smtpPort: mail.smtpPort,
    };
    supabase = await startSupabase(config, () => undefined);
    admin = new Client({ connectionString: database.urlFor('postgres') });
    await admin.connect();
    await admin.query(`
      create table public.closed (id int);
      create table public.own (id int, owner uuid default auth.uid());
      alter table public.own enable row level security;
      grant select, insert on public.own to authenticated;
      create policy "own rows" on public.own for select to authenticated using (owner = (select auth.uid()));
      create policy "own inserts" on public.own for insert to authenticated with check (owner = (select auth.uid()));`);
  });
  afterAll(async () => {
    await admin.end();
    await supabase.close();
    await mail.close();
    await database.drop();
  });

  const connect = (key: string = LOCAL_KEYS.supabasePublishableKey) =>
    createClient(supabase.url, key, { auth: { persistSession: false } });

  async function signUp(): Promise<SupabaseClient> {
    const client = connect();
    const email = `${crypto.randomUUID().slice(0, 8)}@example.com`;
    const { error } = await client.auth.signUp({ email, password: 'correct horse battery' });
    expect(error).toBeNull();
    return client;
  }

  test('a user sees and writes own rows alone', async () => {
    const [ada, eve] = [await signUp(), await signUp()];

    const written = await ada.from('own').insert({ id: 1 });
    const forAda = await ada.from('own').select('id');
    const forEve = await eve.from('own').select('id');

    expect(written.error).toBeNull();
    expect(forAda.data).toEqual([{ id: 1 }]);
    expect(forEve.data).toEqual([]);
  });

  test('what no migration granted stays closed, for every API role', async () => {
    const user = await signUp();
    const clients = [connect(), user, connect(LOCAL_KEYS.supabaseSecretKey)];

    for (const client of clients) {
      const { error } = await client.from('closed').select('*');
      expect(error?.code).toBe('42501');
    }
  });

  test('schema private is not exposed', async () => {
    const { error } = await connect(LOCAL_KEYS.supabaseSecretKey).schema('private').from('inbox').select('*');

    expect(error?.code).toBe('PGRST106');
  });

  // A browser asks first, and gives a page no answer that does not say that it may have it.
  test.each([
    ['POST', '/auth/v1/token?grant_type=password'],
    ['GET', '/auth/v1/user'],
    ['POST', '/rest/v1/rpc/start_conversation'],
    ['PATCH', '/rest/v1/user_profiles?id=eq.1'],
  ])('a page of any origin may %s %s', async (method, path) => {
    const origin = 'https://shop.example';
    const wanted = 'apikey,authorization,content-type,x-client-info';
    const asked = await fetch(`${supabase.url}${path}`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': method,
        'access-control-request-headers': wanted,
      },
    });
    const answer = await fetch(`${supabase.url}${path}`, { method, headers: { origin } });

    expect([asked.ok, asked.headers.get('access-control-allow-origin')]).toEqual([true, '*']);
    expect(asked.headers.get('access-control-allow-headers')).toBe(wanted);
    expect(asked.headers.get('access-control-allow-methods')).toContain(method);
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
  });

  test('a reset mail is caught, and its link leads to the API', async () => {
    const client = await signUp();
    const { data } = await client.auth.getUser();
    const email = data.user?.email ?? '';

    await client.auth.resetPasswordForEmail(email);
    const response = await fetch(`${mail.url}/api/messages?to=${encodeURIComponent(email)}`);
    const [message] = (await response.json()) as { subject: string; text: string }[];

    expect(message?.subject).toBe('Choose your password');
    expect(message?.text).toContain(`${supabase.url}/auth/v1/verify?token=`);
    expect(message?.text).not.toContain(`${SITE}/auth/v1/`);
  });

  test('the page of the mail catcher shows foreign text as text', async () => {
    const page = await fetch(mail.url);

    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(await page.text()).toContain('Choose your password');
  });

  test.each([
    ['Auth', 'getAuthSchemaSql', 'supabase-auth-tables.sql'],
    ['Storage', 'getStorageSchemaSql', 'supabase-storage-tables.sql'],
  ])('our copy of the tables of %s is that of the installed version', (_part, made, file) => {
    const script = `import('@supabase/lite').then((lite) => process.stdout.write(lite.${made}(false)))`;
    const installed = execFileSync(process.execPath, ['-e', script], { cwd: ROOT, encoding: 'utf8' });
    const copy = readFileSync(join(ROOT, 'local', 'postgres', file), 'utf8');
    const statements = (sql: string) =>
      sql
        .replace(/--.*$/gm, '')
        .split(';')
        .map((statement) => statement.replace(/\s+/g, ' ').trim())
        .filter((statement) => /^CREATE (TABLE|UNIQUE INDEX|INDEX)/.test(statement));

    expect(statements(copy)).toEqual(statements(installed));
  });
});
