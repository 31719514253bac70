import type { Database } from '#shared/database/pool';
import { AppError } from '#shared/errors/app-error';
import { type FakeIntent, type FakeProvider, makeFakeProvider } from '../support/fake-provider';
import { insertPayment, paymentRows } from '../support/payment-rows';
import { expectSoundBooks, openPaymentDatabase, type PaymentDatabase } from '../support/payment-service';
import { makeReconciler, makeSweeper } from '../support/payment-workers';
import { providerMessage, sqsEvent, sqsRecord } from '../support/sqs-event';

let databases: PaymentDatabase;
let service: Database;
let paypal: FakeProvider;

beforeAll(async () => {
  databases = await openPaymentDatabase();
  service = databases.as('tandem_reconcile', 4);
});
beforeEach(() => {
  paypal = makeFakeProvider('paypal');
});
afterEach(() => expectSoundBooks(databases.admin));
afterAll(() => databases.close());

interface Purchase {
  readonly id: string;
  readonly ref: string;
  readonly intent: FakeIntent;
}

/** An order of ours at PayPal. */
const order = async (amountMinor = 1999n): Promise<Purchase> => {
  const { id, userId } = await insertPayment(databases.admin, {
    provider: 'paypal',
    providerRef: null,
    amountMinor,
  });
  const request = {
    key: `create:${id}`,
    paymentId: id,
    userId,
    amountMinor,
    currency: 'USD',
    description: '',
  };
  const ref = (await paypal.create(request)).observation.providerRef ?? '';
  await databases.admin.query('update public.payments set provider_ref = $2 where id = $1', [id, ref]);
  const intent = paypal.intents.get(ref);
  if (intent === undefined) throw new Error('just made');
  return { id, ref, intent };
};

const paid = async (): Promise<Purchase> => {
  const purchase = await order();
  purchase.intent.state = 'paid';
  return purchase;
};

let sent = 0;
const event = (type: string, resource: object) => {
  sent += 1;
  return { id: `WH-${sent}-${type}`, event_type: type, resource };
};

const captureEvent = ({ ref, intent }: Purchase, more: object = {}) =>
  event('PAYMENT.CAPTURE.COMPLETED', {
    id: intent.captureId,
    supplementary_data: { related_ids: { order_id: ref } },
    ...more,
  });

const refundEvent = ({ intent }: Purchase, id: string, more: object = {}) =>
  event('PAYMENT.CAPTURE.REFUNDED', {
    id,
    links: [{ rel: 'up', href: `https://api.sandbox.paypal.com/v2/payments/captures/${intent.captureId}` }],
    ...more,
  });

const post = async (...events: readonly { readonly id: string; readonly event_type: string }[]) => {
  const records = events.map((one) => sqsRecord(providerMessage(one), one.id));
  const { batchItemFailures } = await makeReconciler(service, paypal).handle(sqsEvent(records));
  return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
};

const paymentOf = async ({ id }: { readonly id: string }) => (await paymentRows(databases.admin, id)).payment;

const inboxRow = async ({ id }: { readonly id: string }) =>
  (
    await databases.admin.query(
      'select outcome, reason, payment_id, transmission_id, observation from private.inbox where event_id = $1',
      [id],
    )
  ).rows[0];

describe('an event', () => {
  it('of a capture brings what PayPal says of its order, and keeps that', async () => {
    const purchase = await paid();
    const completed = captureEvent(purchase);
    expect(await post(completed)).toEqual([]);
    expect(await paymentOf(purchase)).toMatchObject({ status: 'succeeded', captured_minor: '1999' });
    expect(await inboxRow(completed)).toEqual({
      outcome: 'applied',
      reason: null,
      payment_id: purchase.id,
      transmission_id: `transmission-${completed.id}`,
      observation: JSON.stringify({ ref: purchase.ref }),
    });
  });

  it('of an approval shows that we must capture', async () => {
    const purchase = await order();
    paypal.payerAgrees(purchase.ref);
    await post(event('CHECKOUT.ORDER.APPROVED', { id: purchase.ref }));
    expect(await paymentOf(purchase)).toMatchObject({ status: 'requires_confirmation', captured_minor: '0' });
  });

  it('of a refund finds its order by the capture above it, or by asking for the refund', async () => {
    const purchase = await paid();
    purchase.intent.refunds.push({ id: 'R1', amountMinor: 500n, status: 'succeeded' });
    await post(refundEvent(purchase, 'R1'));
    expect(await paymentOf(purchase)).toMatchObject({ status: 'partially_refunded', refunded_minor: '500' });
    purchase.intent.refunds.push({ id: 'R2', amountMinor: 99n, status: 'succeeded' });
    await post(event('PAYMENT.REFUND.COMPLETED', { id: 'R2' }));
    expect(await paymentOf(purchase)).toMatchObject({ refunded_minor: '599' });
  });

  it('of things that are no orders is kept and ignored, without asking', async () => {
    const before = paypal.calls.length;
    const others = [
      'BILLING.SUBSCRIPTION.ACTIVATED',
      'PAYMENT.SALE.COMPLETED',
      'VAULT.PAYMENT-TOKEN.CREATED',
    ];
    for (const type of others) {
      const one = event(type, { id: 'I-1' });
      await post(one);
      expect(await inboxRow(one)).toMatchObject({ outcome: 'ignored', reason: `no facts in ${type}` });
    }
    expect(paypal.calls).toHaveLength(before);
  });

  it('of another shop’s order is held', async () => {
    const { userId } = await insertPayment(databases.admin);
    const request = {
      key: 'x',
      paymentId: userId,
      userId,
      amountMinor: 5n,
      currency: 'USD',
      description: '',
    };
    const ref = (await paypal.create(request)).observation.providerRef ?? '';
    paypal.payerAgrees(ref);
    const foreign = event('CHECKOUT.ORDER.APPROVED', { id: ref });
    expect(await post(foreign)).toEqual([]);
    expect(await inboxRow(foreign)).toMatchObject({ outcome: 'held', payment_id: null });
  });

  it('that came before its payment is asked about again when the payment is there', async () => {
    const request = {
      key: 'y',
      paymentId: '11111111-1111-4111-8111-111111111111',
      userId: '',
      amountMinor: 1999n,
      currency: 'USD',
      description: '',
    };
    const ref = (await paypal.create(request)).observation.providerRef ?? '';
    const early = event('CHECKOUT.ORDER.APPROVED', { id: ref });
    paypal.payerAgrees(ref);
    await post(early);
    await insertPayment(databases.admin, { id: request.paymentId, provider: 'paypal', providerRef: ref });
    const intent = paypal.intents.get(ref);
    if (intent !== undefined) intent.state = 'paid';
    const { sweep } = makeSweeper(service, { stripe: makeFakeProvider('stripe'), paypal });
    expect((await sweep()).retryHeldEvents).toEqual({ looked: 1, failed: 0 });
    expect(await paymentOf({ id: request.paymentId })).toMatchObject({ status: 'succeeded' });
    expect(await inboxRow(early)).toMatchObject({ outcome: 'applied', payment_id: request.paymentId });
  });
});

describe('one purchase, told by all its events', () => {
  it('many times, at the same time, in any order: one capture, one refund', async () => {
    const purchase = await paid();
    purchase.intent.refunds.push({ id: `R-${purchase.ref}`, amountMinor: 500n, status: 'succeeded' });
    const events = [
      event('CHECKOUT.ORDER.APPROVED', { id: purchase.ref }),
      event('CHECKOUT.ORDER.COMPLETED', { id: purchase.ref }),
      captureEvent(purchase),
      refundEvent(purchase, `R-${purchase.ref}`),
    ];
    const storm = [...events, ...events.toReversed(), ...events, ...events, ...events.toReversed()];
    await Promise.all([post(...storm.slice(0, 10)), post(...storm.slice(10))]);
    const { payment, facts, ledger } = await paymentRows(databases.admin, purchase.id);
    expect(payment).toMatchObject({ captured_minor: '1999', refunded_minor: '500' });
    expect(facts.map(({ kind }) => kind)).toEqual(['capture', 'refund']);
    expect(ledger).toHaveLength(4);
  });
});

describe('a forged body', () => {
  it('that names a million has no effect beyond PayPal’s own word', async () => {
    const purchase = await paid();
    const forged = captureEvent(purchase, {
      amount: { currency_code: 'USD', value: '1000000.00' },
      status: 'COMPLETED',
      custom_id: purchase.id,
      seller_receivable_breakdown: { paypal_fee: { currency_code: 'USD', value: '999.00' } },
    });
    expect(await post(forged)).toEqual([]);
    expect(await paymentOf(purchase)).toMatchObject({ captured_minor: '1999', fee_minor: '0' });
  });

  it('that says an unpaid order was paid changes no money', async () => {
    const purchase = await order();
    await post(
      captureEvent(purchase, { status: 'COMPLETED', amount: { currency_code: 'USD', value: '19.99' } }),
    );
    await post(event('CHECKOUT.ORDER.COMPLETED', { id: purchase.ref, status: 'COMPLETED' }));
    expect(await paymentRows(databases.admin, purchase.id)).toMatchObject({
      payment: { status: 'requires_action', captured_minor: '0' },
      facts: [],
      ledger: [],
    });
  });

  it('that gives somebody else’s paid order for an own payment settles only the other', async () => {
    const own = await order();
    const other = await paid();
    const mixed = captureEvent(other, { custom_id: own.id, invoice_id: own.id });
    await post({ ...mixed, resource: { ...mixed.resource, id: own.intent.captureId } } as typeof mixed);
    expect(await paymentOf(own)).toMatchObject({ status: 'created', captured_minor: '0' });
    expect(await paymentOf(other)).toMatchObject({ status: 'succeeded', captured_minor: '1999' });
  });

  it('that invents a refund gives nothing back', async () => {
    const purchase = await paid();
    await post(captureEvent(purchase));
    await post(refundEvent(purchase, 'R-INVENTED', { amount: { currency_code: 'USD', value: '19.99' } }));
    expect(await paymentOf(purchase)).toMatchObject({ status: 'succeeded', refunded_minor: '0' });
  });

  it.each([
    [
      'an order that is none',
      event('CHECKOUT.ORDER.APPROVED', { id: 'NOSUCHORDER' }),
      'PayPal has no such order',
    ],
    ['a capture that is none', event('PAYMENT.CAPTURE.COMPLETED', { id: 'NOSUCH' }), 'belongs to no order'],
    ['a refund that is none', event('PAYMENT.REFUND.COMPLETED', { id: 'NOSUCH' }), 'belongs to no order'],
    ['nothing', event('PAYMENT.CAPTURE.COMPLETED', {}), 'belongs to no order'],
  ])('about %s is ignored', async (_, forged, reason) => {
    expect(await post(forged)).toEqual([]);
    expect(await inboxRow(forged)).toMatchObject({ outcome: 'ignored', reason });
  });

  it.each([
    ['a path for an id', { id: '../../v1/oauth2/token' }],
    ['an address for an id', { id: 'https://evil.example/x' }],
    ['an object for an id', { id: { $ne: null } }],
  ])('with %s is refused before anybody is asked', async (_, resource) => {
    const forged = event('CHECKOUT.ORDER.APPROVED', resource);
    expect(await post(forged)).toEqual([forged.id]);
    expect(paypal.calls).toEqual([]);
    expect(await inboxRow(forged)).toBeUndefined();
  });

  it('under an event id we know does not rewrite what was received', async () => {
    const purchase = await paid();
    const genuine = captureEvent(purchase);
    await post(genuine);
    const before = await inboxRow(genuine);
    await post({ ...genuine, resource: { id: purchase.ref, forged: true } } as typeof genuine);
    expect(await inboxRow(genuine)).toEqual(before);
    expect((await paymentRows(databases.admin, purchase.id)).ledger).toHaveLength(2);
  });
});

describe('when PayPal', () => {
  it('cannot be asked, the record comes back and its neighbours are applied', async () => {
    const [unlucky, lucky] = [await paid(), await paid()];
    paypal.failNext('retrieve', new AppError('provider_unavailable'));
    const [first, second] = [captureEvent(unlucky), captureEvent(lucky)];
    expect(await post(first, second)).toEqual([first.id]);
    expect(await paymentOf(unlucky)).toMatchObject({ status: 'created' });
    expect(await paymentOf(lucky)).toMatchObject({ status: 'succeeded' });
    expect(await post(first)).toEqual([]);
    expect(await paymentOf(unlucky)).toMatchObject({ status: 'succeeded' });
  });

  it('reports another amount than we asked for, a person looks at it', async () => {
    const purchase = await paid();
    paypal.intents.set(purchase.ref, { ...purchase.intent, amountMinor: 1n });
    const wrong = captureEvent(purchase);
    expect(await post(wrong)).toEqual([]);
    expect(await inboxRow(wrong)).toMatchObject({ outcome: 'review', reason: 'other_amount' });
    expect(await paymentOf(purchase)).toMatchObject({ captured_minor: '0', review_reason: 'other_amount' });
  });
});
