import { randomUUID } from 'node:crypto';
import { withTransaction } from '#shared/database/with-transaction';
import { writeAudit } from '#shared/database/write-audit';
import { openPaymentDatabase, type PaymentDatabase } from '../support/payment-service';
import { signIn } from '../support/sign-in';

let databases: PaymentDatabase;
beforeAll(async () => {
  databases = await openPaymentDatabase();
});
afterAll(() => databases.close());

const lineOf = (target: string) => ({
  actor: { userId: randomUUID(), role: 'admin', requestId: 'request-1' } as const,
  action: 'reviews.dismiss',
  target,
  before: { outcome: 'review' },
  after: null,
});

const linesOn = async (target: string) =>
  (await databases.admin.query('select * from private.audit_log where target = $1', [target])).rows;

it('takes a line in the transaction of what it tells of, and loses it with that', async () => {
  const database = databases.as('tandem_payment', 1);
  const line = lineOf('stripe:evt_kept');
  await withTransaction(database, (tx) => writeAudit(tx, line));
  expect(await linesOn(line.target)).toEqual([
    expect.objectContaining({
      actor_id: line.actor.userId,
      actor_role: 'admin',
      action: 'reviews.dismiss',
      before: { outcome: 'review' },
      after: null,
      request_id: 'request-1',
      at: expect.any(Date),
    }),
  ]);
  const lost = lineOf('stripe:evt_lost');
  const act = withTransaction(database, async (tx) => {
    await writeAudit(tx, lost);
    throw new Error('what it tells of failed');
  });
  await expect(act).rejects.toThrow();
  expect(await linesOn(lost.target)).toEqual([]);
});

it.each([
  `update private.audit_log set action = 'a.b'`,
  'delete from private.audit_log',
  'truncate private.audit_log',
])('never again: %s', async (statement) => {
  await writeAudit(databases.as('tandem_payment', 1), lineOf('stripe:evt_there'));
  const codeAs = async (database: { query: (text: string) => Promise<unknown> }) =>
    database.query(statement).then(
      () => null,
      ({ cause }) => cause.code,
    );
  expect(await codeAs(databases.as('tandem_payment', 1))).toBe('42501');
  expect(await codeAs(databases.as('postgres', 1))).toBe('23000');
  expect(await codeAs(databases.admin)).toBe('23000');
});

it.each(['tandem_payment', 'tandem_reconcile', 'tandem_health', 'authenticated'])(
  'is not read by %s',
  async (role) => {
    const reading = databases.as(role === 'authenticated' ? 'authenticator' : role, 1);
    await expect(reading.query('select from private.audit_log')).rejects.toThrow();
  },
);

it.each(['tandem_payment', 'tandem_auth'])(
  'has no line of the command line by %s, nor one of another time',
  async (role) => {
    const writing = databases.as(role, 1);
    await expect(
      writing.query(
        `insert into private.audit_log (actor_role, actor_name, action, target) values ('command_line', 'root', 'a.b', 'c')`,
      ),
    ).rejects.toThrow();
    await expect(
      writing.query(
        `insert into private.audit_log (actor_role, action, target) values ('command_line', 'a.b', 'c')`,
      ),
    ).rejects.toThrow();
    await expect(
      writing.query(
        `insert into private.audit_log (at, actor_id, actor_role, action, target, request_id)
       values (now() - interval '1 day', gen_random_uuid(), 'admin', 'a.b', 'c', 'r')`,
      ),
    ).rejects.toThrow();
  },
);

it('lets no function write roles or bans but in the name of an admin', async () => {
  const auth = databases.as('tandem_auth', 1);
  await expect(auth.query(`insert into private.roles values (gen_random_uuid(), 'admin')`)).rejects.toThrow();
  await expect(auth.query(`update auth.users set banned_until = now()`)).rejects.toThrow();
  await expect(auth.query(`select private.lock_admins(gen_random_uuid())`)).rejects.toThrow();
  const support = await signIn(databases.admin, 'support');
  const target = await signIn(databases.admin);
  for (const [statement, wanted] of [
    ['select outcome from private.set_role($1, $2, $3)', 'admin'],
    ['select outcome from private.set_ban($1, $2, $3)', '2099-01-01'],
  ] as const) {
    const { rows } = await auth.query(statement, [support.userId, target.userId, wanted]);
    expect(rows).toEqual([{ outcome: 'forbidden' }]);
    await expect(
      databases.as('tandem_payment', 1).query(statement, [support.userId, target.userId, wanted]),
    ).rejects.toThrow();
  }
});
