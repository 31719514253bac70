import { isAppError } from '#shared/errors/app-error';
import type { Sighting } from '../../services/payment/domain/sighting';
import { observeSightings, readRecord } from '../../services/payment/providers/read-sightings';
import { expiredObservation, refusedObservation } from '../../services/payment/use-cases/observe';

const PAYMENT = '0b3f3f8e-8a7b-4d26-9a53-0a6c3c8a2d11';
const CANARY = 'payer@example.test';

const intent = {
  object: 'payment_intent',
  id: 'pi_1',
  status: 'succeeded',
  amount: 1999,
  amount_received: 1999,
  currency: 'usd',
  metadata: { payment_id: PAYMENT },
  receipt_email: CANARY,
  latest_charge: {
    object: 'charge',
    id: 'ch_1',
    status: 'succeeded',
    captured: true,
    amount: 1999,
    amount_captured: 1999,
    currency: 'usd',
    payment_intent: 'pi_1',
    billing_details: { email: CANARY },
    balance_transaction: { id: 'txn_1', fee: 88, currency: 'usd' },
    refunds: {
      data: [
        {
          object: 'refund',
          id: 're_1',
          status: 'succeeded',
          amount: 500,
          currency: 'usd',
          charge: 'ch_1',
          payment_intent: 'pi_1',
          instructions_email: CANARY,
        },
        { object: 'refund', id: 're_2', status: 'of a kind that Stripe has not told us', email: CANARY },
      ],
    },
  },
};

const order = {
  id: '5O190127TN364715T',
  status: 'APPROVED',
  payer: { email_address: CANARY },
  purchase_units: [{ custom_id: PAYMENT, amount: { currency_code: 'USD', value: '19.99' } }],
};

const seen = (as: string, object: unknown, more: Partial<Sighting> = {}): Sighting => ({
  as,
  seenAt: '2026-11-22T12:00:00.750Z',
  how: 'asked',
  object,
  ...more,
});

const refund = intent.latest_charge.refunds.data[0];
const paypalRefund = {
  id: '1JU08902781691411',
  status: 'PENDING',
  amount: { currency_code: 'USD', value: '5.00' },
};

describe('what was seen is recorded so that it reads back as it was', () => {
  it.each([
    ['an intent', observeSightings(seen('stripe.payment_intent', intent))],
    [
      'an intent just made',
      observeSightings(
        seen(
          'stripe.payment_intent',
          { ...intent, status: 'processing', latest_charge: null },
          { how: 'made' },
        ),
      ),
    ],
    ['a refund', observeSightings(seen('stripe.refund', refund, { how: 'made' }))],
    ['an order', observeSightings(seen('paypal.order', order))],
    [
      'a refund that does not name its capture',
      observeSightings(
        seen('paypal.refund', paypalRefund, { about: { order: order.id, capture: '3C679366HH908993F' } }),
      ),
    ],
    [
      'a refusal',
      refusedObservation(
        { id: PAYMENT, provider: 'stripe' },
        Date.parse('2026-11-22T12:00:00.750Z'),
        'provider_rejected',
      ),
    ],
    [
      'an expiry',
      expiredObservation(
        { id: PAYMENT, provider: 'paypal', providerRef: order.id, currency: 'USD' },
        Date.parse('2026-11-22T12:00:00.750Z'),
      ),
    ],
    ['two objects', observeSightings(seen('stripe.payment_intent', intent), seen('stripe.refund', refund))],
  ])('%s', (_, { observation, raw }) => {
    expect(readRecord(raw)).toEqual(observation);
    expect(raw).not.toContain(CANARY);
  });

  it('with when and how it was seen, which orders open statuses', () => {
    const open = { ...intent, status: 'processing', latest_charge: null };
    const at = (how: 'made' | 'asked') =>
      readRecord(observeSightings(seen('stripe.payment_intent', open, { how })).raw).open?.at;
    expect([at('made'), at('asked')]).toEqual(['2026-11-22T12:00:00.000Z', '2026-11-22T12:00:00.999Z']);
    expect(readRecord(observeSightings(seen('paypal.order', order)).raw).open).toEqual({
      status: 'requires_confirmation',
      at: '2026-11-22T12:00:00.750Z',
      errorCode: null,
    });
  });

  it('together: all facts, and the first of what there is one of', () => {
    const { observation } = observeSightings(
      seen('stripe.refund', refund),
      seen('stripe.payment_intent', intent),
    );
    expect(observation).toMatchObject({
      providerRef: 'pi_1',
      paymentId: PAYMENT,
      asked: { amountMinor: 1999n },
    });
    expect(observation.facts.map(({ kind, objectId }) => `${kind}:${objectId}`)).toEqual([
      'refund:re_1',
      'capture:ch_1',
      'fee:txn_1',
      'refund:re_1',
    ]);
  });
});

it('does not take what nobody can read', () => {
  expect(() => readRecord('{"ref":"pi_1"}')).toThrow('not a record');
  expect(() => readRecord('no JSON')).toThrow('not a record');
  expect(() => readRecord('{"sightings":[]}')).toThrow('not a record');
  expect(() =>
    readRecord('{"sightings":[{"as":"stripe.mood","seenAt":"2026-11-22T12:00:00Z","how":"asked"}]}'),
  ).toThrow('nobody reads stripe.mood');
  const act = () => observeSightings(seen('stripe.payment_intent', { id: 'pi_1' }));
  expect(act).toThrow();
  try {
    act();
  } catch (error) {
    expect(isAppError(error, 'provider_unavailable')).toBe(true);
  }
});
