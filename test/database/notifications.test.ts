import { randomUUID } from 'node:crypto';
import type { Database } from '#shared/database/pool';
import type { Queryable } from '#shared/database/queryable';
import { notificationKinds } from '../../services/notification/domain/notification-kinds';
import { exportPages } from '../support/account-export';
import { insertUser } from '../support/payment-rows';
import { openPaymentDatabase, type PaymentDatabase } from '../support/payment-service';

let databases: PaymentDatabase;
let admin: Database;
beforeAll(async () => {
  databases = await openPaymentDatabase();
  admin = databases.admin;
});
afterAll(() => databases.close());

const money = { payment_id: randomUUID(), amount_minor: '1999', currency: 'EUR' };

const notify = (db: Queryable, userId: string, kind: string, key: string, data: object = money) =>
  db.query('select private.notify($1, $2, $3, $4)', [userId, kind, key, data]);

const shownTo = async (userId: string) =>
  (
    await admin.query<{ kind: string; key: string; data: object; read_at: Date | null }>(
      'select kind, key, data, read_at from public.notifications where user_id = $1 order by key',
      [userId],
    )
  ).rows;

const mailedTo = async (userId: string) =>
  (await admin.query<{ kind: string }>('select kind from private.outbox where user_id = $1', [userId])).rows;

/** A transaction as the Data API opens it for a user. */
const asUser = <Result>(userId: string, work: (tx: Queryable) => Promise<Result>): Promise<Result> =>
  admin.withConnection(async (tx) => {
    await tx.query('begin');
    await tx.query("select set_config('request.jwt.claims', $1, true)", [JSON.stringify({ sub: userId })]);
    await tx.query('set local role authenticated');
    const result = await work(tx);
    await tx.query('commit');
    return result;
  });

const choose = (userId: string, kind: string, inApp: boolean, email: boolean) =>
  asUser(userId, (tx) =>
    tx.query(
      `insert into public.notification_preferences (kind, in_app, email) values ($1, $2, $3)
       on conflict (user_id, kind) do update set kind = excluded.kind, in_app = excluded.in_app, email = excluded.email`,
      [kind, inApp, email],
    ),
  );

test('the kinds are the same here as in TypeScript', async () => {
  const { rows } = await admin.query<{ kind: string }>(
    `select kind, in_app as "inApp", can_mail as "canMail", email, follows, fields from public.notification_kinds`,
  );
  expect(Object.fromEntries(rows.map(({ kind, ...rest }) => [kind, rest]))).toEqual(notificationKinds);
});

describe('private.notify', () => {
  test('tells once for a kind and a key, also when it is told at the same moment, and by mail', async () => {
    const userId = await insertUser(admin);
    await Promise.all(Array.from({ length: 4 }, () => notify(admin, userId, 'payment_succeeded', 'ch_1')));
    await notify(admin, userId, 'payment_succeeded', 'ch_2');
    await notify(admin, userId, 'payment_refunded', 'ch_1');
    expect((await shownTo(userId)).map(({ kind, key }) => [kind, key])).toEqual(
      expect.arrayContaining([
        ['payment_succeeded', 'ch_1'],
        ['payment_refunded', 'ch_1'],
        ['payment_succeeded', 'ch_2'],
      ]),
    );
    expect(await shownTo(userId)).toHaveLength(3);
    expect(await mailedTo(userId)).toHaveLength(3);
  });

  test('does not bring back what its user has deleted', async () => {
    const userId = await insertUser(admin);
    await notify(admin, userId, 'file_accepted', 'f_1', { file_id: 'f_1', name: 'a.png' });
    await asUser(userId, (tx) => tx.query('delete from public.notifications'));
    await notify(admin, userId, 'file_accepted', 'f_1', { file_id: 'f_1', name: 'a.png' });
    expect(await shownTo(userId)).toEqual([]);
  });

  test('is undone with the transaction that calls it, and can then be told', async () => {
    const userId = await insertUser(admin);
    const undone = admin.withConnection(async (tx) => {
      await tx.query('begin');
      await notify(tx, userId, 'payment_succeeded', 'ch_1');
      await tx.query('rollback');
    });
    await undone;
    expect([await shownTo(userId), await mailedTo(userId)]).toEqual([[], []]);
    await notify(admin, userId, 'payment_succeeded', 'ch_1');
    expect(await shownTo(userId)).toHaveLength(1);
  });

  test('says nothing to an account that is gone, and fails nobody for it', async () => {
    await notify(admin, randomUUID(), 'payment_succeeded', 'ch_1');
    const userId = await insertUser(admin);
    await notify(admin, userId, 'payment_succeeded', 'ch_1');
    await admin.query('select private.delete_account($1)', [userId]);
    for (const table of ['public.notifications', 'private.notices', 'private.outbox'])
      expect((await admin.query(`select from ${table} where user_id = $1`, [userId])).rows).toEqual([]);
  });

  test.each([
    ['of no kind', 'payment_celebrated', money],
    ['without what its kind needs', 'payment_succeeded', { payment_id: 'p' }],
    ['without data', 'payment_succeeded', null],
  ])('refuses one %s', async (_what, kind, data) => {
    const userId = await insertUser(admin);
    await expect(notify(admin, userId, kind, 'k', data as object)).rejects.toMatchObject({
      cause: expect.objectContaining({ code: '23514', constraint: 'notifications_have_data' }),
    });
  });
});

describe('choices', () => {
  test('are those of the kind until its user says otherwise, and each counts by itself', async () => {
    const userId = await insertUser(admin);
    await choose(userId, 'payment_succeeded', true, false);
    await choose(userId, 'payment_refunded', false, true);
    await choose(userId, 'payment_disputed', false, false);
    await choose(userId, 'file_accepted', true, true); // there is no mail for it
    for (const kind of ['payment_succeeded', 'payment_refunded', 'payment_failed'])
      await notify(admin, userId, kind, 'k');
    await notify(admin, userId, 'payment_disputed', 'k', { payment_id: 'p', status: 'needs_response' });
    await notify(admin, userId, 'file_accepted', 'k', { file_id: 'f', name: 'a' });
    expect((await shownTo(userId)).map(({ kind }) => kind).sort()).toEqual([
      'file_accepted',
      'payment_failed',
      'payment_succeeded',
    ]);
    expect((await mailedTo(userId)).map(({ kind }) => kind).sort()).toEqual([
      'payment_failed',
      'payment_refunded',
    ]);
    await choose(userId, 'payment_disputed', true, true);
    await notify(admin, userId, 'payment_disputed', 'k', { payment_id: 'p', status: 'needs_response' });
    expect(await shownTo(userId)).toHaveLength(3); // what was not wanted then is no news now
  });

  test('about receipts in the preferences hold where nothing else was chosen', async () => {
    const userId = await insertUser(admin);
    await admin.query('update public.user_preferences set email_receipts = false where user_id = $1', [
      userId,
    ]);
    await notify(admin, userId, 'payment_succeeded', 'k');
    await notify(admin, userId, 'payment_failed', 'k');
    expect(await mailedTo(userId)).toEqual([{ kind: 'payment_failed' }]);
    await choose(userId, 'payment_succeeded', true, true);
    await notify(admin, userId, 'payment_succeeded', 'k2');
    expect(await mailedTo(userId)).toHaveLength(2);
  });

  test('are seen whole by their user alone', async () => {
    const [userId, other] = [await insertUser(admin), await insertUser(admin)];
    await choose(userId, 'payment_failed', false, false);
    const seen = await asUser(userId, (tx) =>
      tx.query<{ user_id: string; kind: string; in_app: boolean; email: boolean }>(
        'select user_id, kind, in_app, email from public.notification_choices()',
      ),
    );
    expect(new Set(seen.rows.map((row) => row.user_id))).toEqual(new Set([userId]));
    expect(seen.rows).toHaveLength(Object.keys(notificationKinds).length);
    expect(seen.rows).toContainEqual({
      user_id: userId,
      kind: 'payment_failed',
      in_app: false,
      email: false,
    });
    await expect(
      asUser(other, (tx) =>
        tx.query(
          `insert into public.notification_preferences (user_id, kind, in_app, email) values ($1, 'file_accepted', false, false)`,
          [userId],
        ),
      ),
    ).rejects.toMatchObject({ cause: expect.objectContaining({ code: '42501' }) });
  });
});

describe('reading', () => {
  test('is noted at the time of the database, stays the first, and can be taken back; all at once too', async () => {
    const [userId, other] = [await insertUser(admin), await insertUser(admin)];
    for (const key of ['a', 'b']) await notify(admin, userId, 'payment_succeeded', key);
    await notify(admin, other, 'payment_succeeded', 'c');
    const read = (at: string | null, where = 'true') =>
      asUser(userId, (tx) => tx.query(`update public.notifications set read_at = $1 where ${where}`, [at]));
    await read('1999-01-01', "key = 'a'");
    const [first] = await shownTo(userId);
    expect(Math.abs(Date.now() - (first?.read_at?.getTime() ?? 0))).toBeLessThan(60_000);
    await read('2099-01-01');
    const rows = await shownTo(userId);
    expect(rows.map(({ read_at }) => read_at === null)).toEqual([false, false]);
    expect(rows[0]?.read_at).toEqual(first?.read_at);
    expect((await shownTo(other))[0]?.read_at).toBeNull();
    await read(null);
    expect((await shownTo(userId)).map(({ read_at }) => read_at)).toEqual([null, null]);
  });

  test('is all that a user changes', async () => {
    const userId = await insertUser(admin);
    await notify(admin, userId, 'payment_succeeded', 'a');
    for (const change of [`data = '{}'`, `kind = 'file_accepted'`, `user_id = '${randomUUID()}'`])
      await expect(
        asUser(userId, (tx) => tx.query(`update public.notifications set ${change}`)),
      ).rejects.toMatchObject({ cause: expect.objectContaining({ code: '42501' }) });
  });
});

test('an export has the notifications, choices and mails of its user', async () => {
  const userId = await insertUser(admin);
  await notify(admin, userId, 'payment_succeeded', 'ch_x');
  await choose(userId, 'payment_failed', true, false);
  expect(await exportPages(databases.as('tandem_auth'), userId)).toMatchObject([
    {
      notifications: [{ kind: 'payment_succeeded', data: money }],
      notification_choices: [{ kind: 'payment_failed', email: false }],
      notices: [{ about: 'ch_x' }],
      mails: [{ state: 'due' }],
    },
  ]);
});
