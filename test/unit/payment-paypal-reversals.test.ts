import { disputedCaptures, factsOfRefund, observeOrder } from '../../services/payment/providers/paypal-facts';
import { paypalOrder, paypalRefund } from '../../services/payment/providers/paypal-objects';
import { SETTLED_AFTER_MS } from '../../services/payment/providers/paypal-reversals';

const CHANGED = '2026-11-22T12:00:00Z';
const soon = new Date(Date.parse(CHANGED) + SETTLED_AFTER_MS - 1).toISOString();
const later = new Date(Date.parse(CHANGED) + SETTLED_AFTER_MS).toISOString();

const usd = (value: string) => ({ currency_code: 'USD', value });
const up = (captureId: string) => [
  { rel: 'up', href: `https://api.sandbox.paypal.com/v2/payments/captures/${captureId}` },
];
const refund = (value: string, more: object = {}) => ({
  id: `R${value.replace('.', '')}`,
  status: 'COMPLETED',
  amount: usd(value),
  links: up('C1'),
  ...more,
});

const orderWith = (capture: object, refunds: object[] = []) =>
  paypalOrder.parse({
    id: 'O1',
    status: 'COMPLETED',
    purchase_units: [
      {
        amount: usd('19.99'),
        payments: {
          captures: [
            { id: 'C1', status: 'REFUNDED', amount: usd('19.99'), update_time: CHANGED, ...capture },
          ],
          refunds,
        },
      },
    ],
  });

const withdrawn = (order: ReturnType<typeof orderWith>, seenAt = later): string[] =>
  observeOrder(order, seenAt)
    .facts.filter(({ kind }) => kind === 'withdrawal')
    .map((f) => `${f.objectId} ${f.status} ${f.amountMinor} ${f.currency} ${f.parentId}`);

const because = (reason: string) => ({ status_details: { reason } });

describe('money that PayPal took back', () => {
  it('is what a refunded capture lacks of refunds, once it has not changed for three hours', () => {
    expect(withdrawn(orderWith({}))).toEqual(['C1 withdrawn 1999 USD C1']);
    expect(withdrawn(orderWith({}, [refund('5.00')]))).toEqual(['C1 withdrawn 1499 USD C1']);
    expect(withdrawn(orderWith({}), soon)).toEqual([]);
  });

  it('is nothing while PayPal may only be late with a refund, and never once it lists it', () => {
    const late = orderWith({}, []);
    const listed = orderWith({}, [refund('19.99')]);
    expect(withdrawn(late, soon)).toEqual([]);
    expect(withdrawn(listed, soon)).toEqual([]);
    expect(withdrawn(listed, later)).toEqual([]);
  });

  it('is nothing where PayPal does not say when the capture changed', () => {
    expect(withdrawn(orderWith({ update_time: undefined }))).toEqual([]);
    expect(withdrawn(orderWith({ update_time: 'yesterday' }))).toEqual([]);
  });

  it('counts refunds on their way, and not those that failed', () => {
    expect(withdrawn(orderWith({}, [refund('5.00', { status: 'PENDING' })]))).toEqual([
      'C1 withdrawn 1499 USD C1',
    ]);
    for (const status of ['FAILED', 'CANCELLED'])
      expect(withdrawn(orderWith({}, [refund('5.00', { status })]))).toEqual(['C1 withdrawn 1999 USD C1']);
  });

  it('takes a refund that names no capture for one of this capture, and not one of another', () => {
    expect(withdrawn(orderWith({}, [refund('19.99', { links: undefined })]))).toEqual([]);
    expect(withdrawn(orderWith({}, [refund('19.99', { links: up('C2') })]))).toEqual([
      'C1 withdrawn 1999 USD C1',
    ]);
  });

  it.each([
    ['COMPLETED', undefined, []],
    ['PARTIALLY_REFUNDED', undefined, []],
    ['PENDING', 'BUYER_COMPLAINT', []],
    ['PENDING', 'ECHECK', []],
    ['DECLINED', 'BUYER_COMPLAINT', []],
    ['COMPLETED', 'CHARGEBACK', []],
    ['PENDING', 'CHARGEBACK', ['C1 withdrawn 1999 USD C1']],
    ['DECLINED', 'CHARGEBACK', ['C1 withdrawn 1999 USD C1']],
    ['REFUNDED', 'BUYER_COMPLAINT', ['C1 withdrawn 1999 USD C1']],
  ])('of a capture that is %s because of %s', (status, reason, expected) => {
    const order = orderWith({ status, ...(reason === undefined ? {} : because(reason)) });
    expect(withdrawn(order)).toEqual(expected);
  });
});

describe('whether to ask for disputes', () => {
  it.each([
    ['COMPLETED', undefined, [], false],
    ['PENDING', 'ECHECK', [], false],
    ['PENDING', 'BUYER_COMPLAINT', [], true],
    ['DECLINED', 'CHARGEBACK', [], true],
    ['REFUNDED', undefined, [], true],
    ['REFUNDED', undefined, [refund('19.99')], false],
    ['PARTIALLY_REFUNDED', undefined, [], true],
    ['PARTIALLY_REFUNDED', undefined, [refund('5.00')], false],
  ])('about a capture that is %s, %s', (status, reason, refunds, expected) => {
    const order = orderWith({ status, ...(reason === undefined ? {} : because(reason)) }, refunds);
    expect(disputedCaptures(order)).toEqual(expected ? ['C1'] : []);
  });
});

describe('the fee that comes back with a refund', () => {
  const kinds = (more: object) =>
    factsOfRefund(paypalRefund.parse(refund('5.00', more)), 'C1').map(
      (f) => `${f.kind} ${f.objectId} ${f.amountMinor} ${f.parentId}`,
    );
  const fee = (money: object) => ({ seller_payable_breakdown: { paypal_fee: money } });

  it('is one, where PayPal gives it', () => {
    expect(kinds(fee(usd('0.17')))).toEqual(['refund R500 500 C1', 'fee_return R500 17 C1']);
    expect(kinds(fee(usd('0.00')))).toEqual(['refund R500 500 C1']);
    expect(kinds({})).toEqual(['refund R500 500 C1']);
    expect(kinds(fee({ currency_code: 'EUR', value: '0.17' }))).toEqual(['refund R500 500 C1']);
  });

  it('waits for the refund', () => {
    expect(kinds({ status: 'PENDING', ...fee(usd('0.17')) })).toEqual(['refund R500 500 C1']);
  });
});
