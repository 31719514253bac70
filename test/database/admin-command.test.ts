import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { runCommand, USAGE } from '../../local/admin/run-command';
import { localPassword } from '../../local/postgres/start-postgres';
import { insertUser } from '../support/payment-rows';
import { openPaymentDatabase, type PaymentDatabase } from '../support/payment-service';

let databases: PaymentDatabase;

let userId: string;
let email: string;

beforeAll(async () => {
  databases = await openPaymentDatabase();
});
beforeEach(async () => {
  userId = await insertUser(databases.admin);
  email = `${userId}@example.test`;
});
afterAll(() => databases.close());

/** The database of these tests, as a role. */
const urlAs = (role: string): string => {
  const url = new URL(databases.url);
  [url.username, url.password] = [role, localPassword(role)];
  return url.href;
};

const admin = (...args: string[]) => runCommand(args, { databaseUrl: urlAs('postgres'), operator: 'ada' });

const lines = async () =>
  (
    await databases.admin.query(
      `select actor_id, actor_name, actor_role, action, before, after, request_id from private.audit_log
       where target = $1 order by id`,
      [userId],
    )
  ).rows;

it('gives a role, changes it and takes it, each with a line in the audit log', async () => {
  expect(await admin('grant', email.toUpperCase())).toBe(`${email} is admin now (was an ordinary user).\n`);
  expect(await admin('grant', email)).toBe(`${email} is admin already.\n`);
  expect(await admin('list')).toContain(`admin    ${email}  since 20`);
  expect(await admin('grant', email, '--role', 'support')).toBe(`${email} is support now (was admin).\n`);
  expect(await admin('revoke', email)).toBe(`${email} is an ordinary user now (was support).\n`);
  expect(await admin('revoke', email)).toBe(`${email} is an ordinary user already.\n`);
  expect(await admin('list')).toBe('Nobody has a role. npm run admin -- grant EMAIL\n');
  const who = { actor_id: null, actor_name: 'ada', actor_role: 'command_line', request_id: null };
  expect(await lines()).toEqual([
    { ...who, action: 'roles.change', before: { role: 'user' }, after: { role: 'admin' } },
    { ...who, action: 'roles.change', before: { role: 'admin' }, after: { role: 'support' } },
    { ...who, action: 'roles.change', before: { role: 'support' }, after: { role: 'user' } },
  ]);
});

it('names an address that nobody has', async () => {
  await expect(admin('grant', 'nobody@example.test')).rejects.toThrow(
    'No account has the address nobody@example.test. It must sign up first.',
  );
});

it.each([
  [[]],
  [['promote', 'a@example.test']],
  [['grant']],
  [['grant', 'a@example.test', 'b@example.test']],
  [['list', 'a@example.test']],
  [['revoke', 'a@example.test', '--role', 'admin']],
  [['grant', 'a@example.test', '--force']],
])('shows how it is used: %j', async (args) => {
  await expect(admin(...args)).rejects.toThrow(USAGE);
});

it('knows its roles', async () => {
  await expect(admin('grant', email, '--role', 'owner')).rejects.toThrow('No such role: owner.');
});

it('says what is wrong with the database, and no password', async () => {
  const run = (databaseUrl: string | undefined) => runCommand(['list'], { databaseUrl, operator: 'ada' });
  await expect(run(undefined)).rejects.toThrow('Tandem is not running. Start it with `npm start`');
  const away = run('postgres://postgres:secret@127.0.0.1:1/postgres');
  await expect(away).rejects.toThrow(/^The database at 127\.0\.0\.1:1 does not answer: .*ECONNREFUSED/);
  await expect(away).rejects.not.toThrow('secret');
  await expect(run(databases.url.replace(/[^/]+$/, 'template1'))).rejects.toThrow(
    'migrations have not been applied',
  );
  await expect(run(urlAs('tandem_auth'))).rejects.toThrow('Connect as the owner of the tables');
});

it('runs as a command, in the name of the operating-system user', async () => {
  const empty = mkdtempSync(join(tmpdir(), 'tandem-admin-'));
  const run = (args: string[], env: Record<string, string>) =>
    spawnSync(process.execPath, [require.resolve('tsx/cli'), 'local/admin.ts', ...args], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, TANDEM_STATE_DIR: empty, DATABASE_URL: '', ...env },
    });
  const done = run(['grant', email], { DATABASE_URL: urlAs('postgres') });
  expect([done.status, done.stdout, done.stderr]).toEqual([
    0,
    `${email} is admin now (was an ordinary user).\n`,
    '',
  ]);
  expect(await lines()).toEqual([expect.objectContaining({ actor_name: userInfo().username })]);
  const lost = run(['list'], {});
  expect([lost.status, lost.stdout]).toEqual([1, '']);
  expect(lost.stderr).toMatch(/^Tandem is not running\. .*\n$/);
  rmSync(empty, { recursive: true });
});
