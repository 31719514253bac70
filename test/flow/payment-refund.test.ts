import { randomUUID } from 'node:crypto';
import { AppError } from '#shared/errors/app-error';
import { makeBreakable } from '../support/breakable-database';
import { paymentRows } from '../support/payment-rows';
import {
  type Answer,
  expectSoundBooks,
  type PaymentTest,
  startPaymentTest,
} from '../support/payment-service';
import { makeSweeper } from '../support/payment-workers';
import { newShopper, type Shopper } from '../support/shopping';

let test: PaymentTest;
let shopper: Shopper;
let operator: Shopper;

const connection = makeBreakable();

beforeAll(async () => {
  // The providers are as lax as can be: what keeps refunds within captures must be ours.
  test = await startPaymentTest({ wrap: connection.wrap, providersCheck: false });
  operator = await newShopper(test, 'admin');
  shopper = await newShopper(test);
});
beforeEach(() => connection.revive());
afterEach(() => expectSoundBooks(test.admin));
afterAll(() => test.close());

const refundsOf = (provider: 'stripe' | 'paypal', ref: string) =>
  test[provider].intents.get(ref)?.refunds ?? [];

const sumAt = (provider: 'stripe' | 'paypal', ref: string): bigint =>
  refundsOf(provider, ref).reduce((total, { amountMinor }) => total + amountMinor, 0n);

const calls = async (paymentId: string) =>
  (
    await test.admin.query<{ state: string; amount_minor: string }>(
      `select state, amount_minor from private.provider_calls
       where payment_id = $1 and operation = 'refund' order by created_at`,
      [paymentId],
    )
  ).rows;

describe.each(['stripe', 'paypal'] as const)('a %s refund', (provider) => {
  it('gives all back', async () => {
    const { id, ref } = await shopper.bought(provider);
    const { status, body } = await operator.refund(id);
    expect([status, body]).toEqual([
      200,
      {
        success: true,
        payment: expect.objectContaining({
          id,
          status: 'refunded',
          captured_amount: 1999,
          refunded_amount: 1999,
        }),
        refund: { id: refundsOf(provider, ref)[0]?.id, amount: 1999 },
      },
    ]);
    expect((await shopper.history(`/${id}`)).body.payment).toEqual(body.payment);
    expect(await calls(id)).toEqual([{ state: 'succeeded', amount_minor: '1999' }]);
  });

  it('gives a part back, then the rest, then nothing', async () => {
    const { id } = await shopper.bought(provider);
    expect((await operator.refund(id, { amount: 500 })).body.payment).toMatchObject({
      status: 'partially_refunded',
      refunded_amount: 500,
    });
    for (const amount of [1500, 99_999]) {
      const over = await operator.refund(id, { amount });
      expect([over.status, over.body.code, over.body.detail]).toEqual([
        409,
        'payment_not_refundable',
        '1499 is left to refund.',
      ]);
    }
    expect((await operator.refund(id)).body.refund.amount).toBe(1499);
    expect((await operator.refund(id)).body.code).toBe('payment_not_refundable');
    expect((await operator.refund(id, { amount: 1 })).body.code).toBe('payment_not_refundable');
  });

  it('never exceeds what was captured, however many are asked for at once', async () => {
    const { id, ref } = await shopper.bought(provider);
    const answers = await Promise.all(Array.from({ length: 12 }, () => operator.refund(id, { amount: 500 })));
    const done = answers.filter(({ status }) => status === 200);
    const refused = answers.filter(({ body }) => body.code === 'payment_not_refundable');
    expect([done.length, refused.length]).toEqual([3, 9]);
    expect(sumAt(provider, ref)).toBe(1500n);
    expect((await paymentRows(test.admin, id)).payment).toMatchObject({ refunded_minor: '1500' });
  });

  it('of everything at once succeeds once', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { id, ref } = await shopper.bought(provider);
      const answers = await Promise.all(Array.from({ length: 6 }, () => operator.refund(id)));
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      expect(sumAt(provider, ref)).toBe(1999n);
    }
  });

  it('is made once for one Idempotency-Key, and answered byte for byte', async () => {
    const { id, ref } = await shopper.bought(provider);
    const key = randomUUID();
    const first = await operator.refund(id, { amount: 500 }, key);
    const again = await operator.refund(id, { amount: 500 }, key);
    expect([again.status, again.text]).toEqual([200, first.text]);
    expect((await operator.refund(id, { amount: 501 }, key)).body.code).toBe('idempotency_key_reused');
    expect(sumAt(provider, ref)).toBe(500n);
    const { id: other } = await shopper.bought(provider);
    expect((await operator.refund(other, { amount: 500 }, key)).body.code).toBe('idempotency_key_reused');
  });

  it('that the provider refuses is noted and frees its reservation', async () => {
    const { id } = await shopper.bought(provider);
    test[provider].failNext('refund', new AppError('payment_not_refundable'));
    expect((await operator.refund(id)).body.code).toBe('payment_not_refundable');
    expect(await calls(id)).toEqual([{ state: 'failed', amount_minor: '1999' }]);
    expect((await operator.refund(id)).status).toBe(200);
  });

  it.each(['before', 'after'] as const)(
    'whose answer was lost %s it was made keeps its reservation, and is repeated by the same key',
    async (when) => {
      const { id, ref } = await shopper.bought(provider);
      const key = randomUUID();
      test[provider].failNext('refund', new AppError('provider_unavailable'), when);
      expect((await operator.refund(id, { amount: 1500 }, key)).body.code).toBe('provider_unavailable');
      expect(await calls(id)).toEqual([{ state: 'unknown', amount_minor: '1500' }]);
      expect((await operator.refund(id, { amount: 500 })).body.code).toBe('payment_not_refundable');
      const repeated = await operator.refund(id, { amount: 1500 }, key);
      expect([repeated.status, repeated.body.payment?.refunded_amount]).toEqual([200, 1500]);
      expect(sumAt(provider, ref)).toBe(1500n);
    },
  );
});

/** Where a process can die between the provider's answer and ours; each text stands in one statement. */
const deaths = [
  ['before the refund was noted', { marker: 'update private.provider_calls', when: 'before' }],
  ['when the refund was noted', { marker: 'update private.provider_calls', when: 'after' }],
  ['before the facts were written', { marker: 'insert into private.payment_facts', when: 'before' }],
  ['when the facts were written', { marker: 'insert into private.payment_facts', when: 'after' }],
  ['before the answer was kept', { marker: `set state = 'done'`, when: 'before' }],
] as const;

describe.each(deaths)('a process that died %s', (_, death) => {
  const dieRefunding = async (body: object): Promise<{ id: string; ref: string; key: string }> => {
    const { id, ref } = await shopper.bought('stripe');
    const key = randomUUID();
    connection.dieAt(death.marker, death.when);
    const lost: Answer = await operator.refund(id, body, key);
    expect(lost.body.code).toBe('database_unavailable');
    connection.revive();
    // Until the claim of the dead process has lapsed, nobody goes on.
    await test.admin.query(
      `update private.idempotency_keys set claimed_at = now() - interval '11 seconds' where key = $1`,
      [key],
    );
    return { id, ref, key };
  };

  it.each([{ amount: 1500 }, {}])('is gone on with by a retry of %j: the same refund', async (body) => {
    const { id, ref, key } = await dieRefunding(body);
    const retried = await operator.refund(id, body, key);
    const amount = body.amount ?? 1999;
    expect([retried.status, retried.body.refund, retried.body.payment?.refunded_amount]).toEqual([
      200,
      { id: refundsOf('stripe', ref)[0]?.id, amount },
      amount,
    ]);
    expect(sumAt('stripe', ref)).toBe(BigInt(amount));
    expect((await operator.refund(id, body, key)).text).toBe(retried.text);
  });

  it('is gone on with by the sweep, without any webhook', async () => {
    const { id, ref } = await dieRefunding({ amount: 1500 });
    const sweeper = makeSweeper(test.as('tandem_reconcile', 1), test, () => Date.now() + 180_000);
    await sweeper.sweep();
    expect(sweeper.failures).toEqual([]);
    expect((await paymentRows(test.admin, id)).payment).toMatchObject({ refunded_minor: '1500' });
    expect(await calls(id)).toEqual([{ state: 'succeeded', amount_minor: '1500' }]);
    expect(sumAt('stripe', ref)).toBe(1500n);
    expect((await operator.refund(id)).body.refund.amount).toBe(499);
  });
});

describe('who may refund', () => {
  it('an admin, with a line in the audit log before the provider is asked, and one of what came of it', async () => {
    const { id } = await shopper.bought('stripe');
    const { body } = await operator.refund(id, { amount: 500 });
    const { rows } = await test.admin.query(
      'select actor_id, action, before, after from private.audit_log where target = $1 order by id',
      [id],
    );
    const before = { status: 'succeeded', captured: '1999', refunded: '0' };
    const actor_id = operator.userId;
    expect(rows).toEqual([
      {
        actor_id,
        action: 'payments.refund',
        before,
        after: { amount: '500 USD', key: expect.stringMatching(/^refund:/) },
      },
      {
        actor_id,
        action: 'payments.refunded',
        before,
        after: {
          status: 'partially_refunded',
          captured: '1999',
          refunded: '500',
          refund: body.refund.id,
          amount: '500 USD',
        },
      },
    ]);
  });

  it.each(['user', 'support'] as const)('not a %s, not even the own payment', async (role) => {
    const somebody = await newShopper(test, role);
    const { id, ref } = await somebody.bought('stripe');
    const answer = await somebody.refund(id);
    expect([answer.status, answer.body.code]).toEqual([403, 'forbidden']);
    expect(refundsOf('stripe', ref)).toEqual([]);
  });

  it('not nobody', async () => {
    const { id } = await shopper.bought('stripe');
    const answer = await test.send({ path: `/api/payments/${id}/refund`, body: {} });
    expect([answer.status, answer.body.code]).toEqual([401, 'unauthenticated']);
  });
});

describe('a refund is refused', () => {
  const bought = async (): Promise<string> => (await shopper.bought('stripe')).id;
  const none = async (): Promise<string> => randomUUID();
  const word = async (): Promise<string> => 'latest';

  it.each([
    ['of a payment that is none', none, {}, 404, 'payment_not_found'],
    ['of an id that is none', word, {}, 400, 'request_invalid'],
    ['of nothing', bought, { amount: 0 }, 400, 'request_invalid'],
    ['of less than nothing', bought, { amount: -5 }, 400, 'request_invalid'],
    ['of half a cent', bought, { amount: 0.5 }, 400, 'request_invalid'],
    ['in words', bought, { amount: 'all' }, 400, 'request_invalid'],
    ['in another currency', bought, { amount: 5, currency: 'JPY' }, 400, 'request_invalid'],
  ] as const)('%s', async (_, idOf, body, status, code) => {
    const answer = await operator.refund(await idOf(), body);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  it('of a payment that nobody has paid', async () => {
    const { body } = await shopper.create('stripe');
    const answer = await operator.refund(body.payment.id);
    expect([answer.status, answer.body.code]).toEqual([409, 'payment_not_refundable']);
  });
});
