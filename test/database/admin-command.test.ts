import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { USAGE } from '../../local/admin/read-arguments';
import { runCommand } from '../../local/admin/run-command';
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

it('gives a plan, changes it and takes it, each with a line in the audit log and word to the user', async () => {
  expect(await admin('plan', email.toUpperCase(), 'pro')).toBe(`${email} has the plan pro now (had free).\n`);
  expect(await admin('plan', email, 'pro')).toBe(`${email} has the plan pro already.\n`);
  const { rows } = await databases.admin.query<{ id: string; ends: Date; starts: Date }>(
    'select id, current_period_start as starts, current_period_end as ends from public.subscriptions where user_id = $1',
    [userId],
  );
  expect(rows).toHaveLength(1);
  const { ends = new Date(0), starts = new Date(0) } = rows[0] ?? {};
  expect((ends.getTime() - starts.getTime()) / 86_400_000).toBeGreaterThanOrEqual(28);
  expect(await admin('plan', email, 'team')).toBe(`${email} has the plan team now (had pro).\n`);
  expect(await admin('plan', email, 'free')).toBe(`${email} has the plan free now (had team).\n`);
  expect(await admin('plan', email, 'free')).toBe(`${email} has the plan free already.\n`);
  expect(await admin('plan', email, 'pro')).toBe(`${email} has the plan pro now (had free).\n`);
  const change = (before: string, after: string) =>
    expect.objectContaining({
      action: 'subscriptions.change',
      before: { plan: before },
      after: { plan: after },
    });
  expect(await lines()).toEqual([
    change('free', 'pro'),
    change('pro', 'team'),
    change('team', 'free'),
    change('free', 'pro'),
  ]);
  const told = await databases.admin.query(
    `select data ->> 'plan' as plan, data ->> 'status' as status from public.notifications
     where user_id = $1 and kind = 'subscription_changed' order by created_at`,
    [userId],
  );
  expect(told.rows).toEqual([
    { plan: 'pro', status: 'active' },
    { plan: 'team', status: 'active' },
    { plan: 'team', status: 'canceled' },
    { plan: 'pro', status: 'active' },
  ]);
});

it('knows its plans, and leaves those alone that a provider bills', async () => {
  await expect(admin('plan', email, 'gold')).rejects.toThrow(
    'No such plan: gold. There are free, pro, team.',
  );
  await databases.admin.query(
    `insert into public.subscriptions (user_id, plan, status, provider, provider_subscription_id, current_period_start, current_period_end)
     values ($1, 'pro', 'active', 'stripe', $2, now(), now() + interval '1 month')`,
    [userId, `sub_${userId}`],
  );
  await expect(admin('plan', email, 'free')).rejects.toThrow(
    `${email} pays stripe for the plan pro. Change it there.`,
  );
  expect(await lines()).toEqual([]);
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
  [['plan', 'a@example.test']],
  [['plan', 'a@example.test', 'pro', 'team']],
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
