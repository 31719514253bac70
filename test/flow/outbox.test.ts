import { randomUUID } from 'node:crypto';
import type { Database } from '#shared/database/pool';
import { MAX_ATTEMPTS, type MailOutcome } from '../../services/notification/domain/mail-outcome';
import type { RenderedMail } from '../../services/notification/domain/render-mail';
import { sendOutbox } from '../../services/notification/use-cases/send-outbox';
import { type Breakable, makeBreakable } from '../support/breakable-database';
import { insertUser } from '../support/payment-rows';
import { openPaymentDatabase, type PaymentDatabase } from '../support/payment-service';

const MINUTE = 60_000;

let databases: PaymentDatabase;
let admin: Database;
let service: Database;
let breakable: Breakable;
let settled: { state: string; code: string | null }[];
let sent: { to: string; mail: RenderedMail }[];
let answer: () => Promise<MailOutcome>;
let later: number;

beforeAll(async () => {
  databases = await openPaymentDatabase();
  admin = databases.admin;
  breakable = makeBreakable();
  service = breakable.wrap(databases.as('tandem_notification', 8));
});
beforeEach(async () => {
  await admin.query('delete from private.outbox');
  breakable.revive();
  settled = [];
  sent = [];
  later = 0;
  answer = async () => ({ kind: 'accepted', messageId: 'm-1' });
});
afterAll(() => databases.close());

const run = (database = service) =>
  sendOutbox({
    database,
    sendMail: async (to, mail) => {
      sent.push({ to, mail });
      return answer();
    },
    siteUrl: 'https://tandem.example.test',
    now: () => Date.now() + later,
    makeId: randomUUID,
    onSettled: (_id, state, code) => settled.push({ state, code }),
  });

/** An account with a confirmed address. */
const newUser = async (locale = 'en'): Promise<{ id: string; email: string }> => {
  const id = await insertUser(admin);
  await admin.query('update auth.users set email_confirmed_at = now() where id = $1', [id]);
  await admin.query('update public.user_preferences set locale = $2 where user_id = $1', [id, locale]);
  return { id, email: `${id}@example.test` };
};

const notify = (userId: string, key = randomUUID()) =>
  admin.query('select private.notify($1, $2, $3, $4)', [
    userId,
    'payment_succeeded',
    key,
    { payment_id: randomUUID(), amount_minor: '1999', currency: 'EUR', description: 'Pro' },
  ]);

const rows = async () =>
  (
    await admin.query<{
      state: string;
      attempts: number;
      error_code: string | null;
      message_id: string | null;
    }>('select state, attempts, error_code, message_id from private.outbox order by created_at')
  ).rows;

test('sends what is due to the address of now, in the language of its user, and once', async () => {
  const user = await newUser('de-AT');
  await notify(user.id);
  await admin.query('update auth.users set email = $2 where id = $1', [user.id, 'new@example.test']);
  expect(await run()).toEqual({ taken: 1, sent: 1 });
  expect(sent).toEqual([
    { to: 'new@example.test', mail: expect.objectContaining({ subject: 'Zahlung erhalten: 19,99\u00a0€' }) },
  ]);
  expect(await rows()).toEqual([{ state: 'sent', attempts: 1, error_code: null, message_id: 'm-1' }]);
  expect(await run()).toEqual({ taken: 0, sent: 0 });
  expect(sent).toHaveLength(1);
});

test('shares a backlog among runs, each mail by one of them', async () => {
  const user = await newUser();
  await Promise.all(Array.from({ length: 90 }, () => notify(user.id)));
  const runs = await Promise.all([run(), run(), run(), run()]);
  expect(runs.reduce((sum, count) => sum + count.sent, 0)).toBe(90);
  expect(sent).toHaveLength(90);
  expect(new Set((await rows()).map(({ state }) => state))).toEqual(new Set(['sent']));
});

test.each(['before', 'after'] as const)(
  'a process that dies %s it could note that a mail was sent leaves it as unknown, or sent; nothing sends it again',
  async (when) => {
    const user = await newUser();
    await notify(user.id);
    breakable.dieAt('message_id = $5', when);
    await expect(run()).rejects.toThrow();
    breakable.revive();
    expect(sent).toHaveLength(1);
    await run();
    expect((await rows())[0]?.state).toBe(when === 'before' ? 'sending' : 'sent');
    later = 3 * MINUTE;
    await run();
    later = 24 * 60 * MINUTE;
    await run();
    expect(sent).toHaveLength(1);
    expect((await rows())[0]?.state).toBe(when === 'before' ? 'unknown' : 'sent');
    expect(settled).toEqual(when === 'before' ? [{ state: 'unknown', code: 'process_lost' }] : []);
  },
);

test('a process that dies before it hands a mail over leaves it to the next', async () => {
  const user = await newUser();
  await notify(user.id);
  breakable.dieAt("set state = 'sending'", 'before');
  await expect(run()).rejects.toThrow();
  breakable.revive();
  expect(await run()).toEqual({ taken: 0, sent: 0 }); // still claimed
  later = 3 * MINUTE;
  expect(await run()).toEqual({ taken: 1, sent: 1 });
  expect(sent).toHaveLength(1);
});

test('a run that sleeps for longer than its claim sends nothing that another has taken', async () => {
  const user = await newUser();
  await notify(user.id);
  const sleeper: Database = {
    ...service,
    query: async (text, values) => {
      if (text.includes("set state = 'sending'")) {
        later = 3 * MINUTE;
        await run();
      }
      return service.query(text, values);
    },
  };
  expect(await run(sleeper)).toEqual({ taken: 1, sent: 0 });
  expect(sent).toHaveLength(1);
});

test('what was not answered is never sent again, and told to an operator', async () => {
  const user = await newUser();
  await notify(user.id);
  answer = async () => ({ kind: 'unknown', code: 'TimeoutError' });
  await run();
  later = 24 * 60 * MINUTE;
  await run();
  expect(sent).toHaveLength(1);
  expect(settled).toEqual([{ state: 'unknown', code: 'TimeoutError' }]);
  expect(await rows()).toEqual([
    { state: 'unknown', attempts: 1, error_code: 'TimeoutError', message_id: null },
  ]);
});

test('what was certainly not taken is tried again, ever later, and given up at last', async () => {
  const user = await newUser();
  await notify(user.id);
  answer = async () => ({ kind: 'later', code: 'ses.SendEmail 429 TooManyRequestsException' });
  await run();
  await run(); // not yet due
  expect(sent).toHaveLength(1);
  for (let attempt = 2; attempt < MAX_ATTEMPTS + 3; attempt += 1) {
    later += 61 * MINUTE;
    await run();
  }
  expect(sent).toHaveLength(MAX_ATTEMPTS);
  expect(settled).toEqual([{ state: 'failed', code: 'ses.SendEmail 429 TooManyRequestsException' }]);
});

test('what succeeds after a failure is sent once', async () => {
  const user = await newUser();
  await notify(user.id);
  answer = async () => ({ kind: 'later', code: 'ECONNREFUSED' });
  await run();
  later = 2 * MINUTE;
  answer = async () => ({ kind: 'accepted', messageId: 'm-2' });
  expect(await run()).toEqual({ taken: 1, sent: 1 });
  expect(await rows()).toEqual([{ state: 'sent', attempts: 2, error_code: null, message_id: 'm-2' }]);
});

test('what is refused fails at once', async () => {
  const user = await newUser();
  await notify(user.id);
  answer = async () => ({ kind: 'refused', code: 'ses.SendEmail 400 MessageRejected' });
  await run();
  later = 24 * 60 * MINUTE;
  await run();
  expect(sent).toHaveLength(1);
  expect(settled).toEqual([{ state: 'failed', code: 'ses.SendEmail 400 MessageRejected' }]);
});

test.each([
  ['has not confirmed its address', 'update auth.users set email_confirmed_at = null where id = $1'],
  ['is banned', "update auth.users set banned_until = now() + interval '1 day' where id = $1"],
  ['is deleted softly', 'update auth.users set deleted_at = now() where id = $1'],
  ['is anonymous', 'update auth.users set is_anonymous = true where id = $1'],
  ['has no address', 'update auth.users set email = null where id = $1'],
  [
    'wants no such mails any more',
    `insert into public.notification_preferences (user_id, kind, in_app, email) values ($1, 'payment_succeeded', true, false)`,
  ],
])('an account that %s gets no mail', async (_what, change) => {
  const [user, other] = [await newUser(), await newUser()];
  await notify(user.id);
  await notify(other.id);
  await admin.query(change, [user.id]);
  await run();
  expect(sent.map(({ to }) => to)).toEqual([other.email]);
  expect(settled).toEqual([
    { state: 'dropped', code: 'nobody_to_tell' },
    { state: 'sent', code: null },
  ]);
});

test('a mail of a deleted account is gone with it', async () => {
  const user = await newUser();
  await notify(user.id);
  await admin.query('select private.delete_account($1)', [user.id]);
  expect(await run()).toEqual({ taken: 0, sent: 0 });
});

test('a mail for which there are no words fails alone', async () => {
  const [user, other] = [await newUser(), await newUser()];
  await notify(user.id);
  await notify(other.id);
  await admin.query(`update private.outbox set data = '{}' where user_id = $1`, [user.id]);
  await run();
  expect(sent.map(({ to }) => to)).toEqual([other.email]);
  expect(settled).toContainEqual({ state: 'failed', code: 'no_words' });
});

test('mails are forgotten three months after they ended, those that are due never', async () => {
  const user = await newUser();
  await notify(user.id);
  await run();
  await notify(user.id);
  await admin.query("update private.outbox set due_at = now() + interval '1 year' where state = 'due'");
  later = 91 * 24 * 60 * MINUTE;
  await run();
  expect((await rows()).map(({ state }) => state)).toEqual(['due']);
});

test('addresses are told for a claim alone, and no table of them is open', async () => {
  const user = await newUser();
  await notify(user.id);
  const found = await service.query('select * from private.mail_recipients($1::uuid)', [randomUUID()]);
  expect(found.rows).toEqual([]);
  await expect(service.query('select email from auth.users')).rejects.toThrow();
  await expect(service.query('select user_id from private.outbox')).rejects.toThrow();
});
