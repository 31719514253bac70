import { randomUUID } from 'node:crypto';
import { withTransaction } from '#shared/database/with-transaction';
import { writeAudit } from '#shared/database/write-audit';
import { openPaymentDatabase, type PaymentDatabase } from '../support/payment-service';

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

it.each(['tandem_payment', 'tandem_reconcile', 'tandem_auth', 'tandem_health', 'authenticated'])(
  'is not read by %s',
  async (role) => {
    const reading = databases.as(role === 'authenticated' ? 'authenticator' : role, 1);
    await expect(reading.query('select from private.audit_log')).rejects.toThrow();
  },
);
