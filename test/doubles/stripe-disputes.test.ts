import type Stripe from 'stripe';
import { refusal, type StripeDriver, startStripe } from './stripe-driver';

let driver: StripeDriver;
let stripe: Stripe;
beforeAll(async () => {
  driver = await startStripe();
  stripe = driver.stripe;
});
beforeEach(() => driver.double.reset());
afterAll(() => driver.close());

const open = async (more: object = {}): Promise<{ paid: Stripe.PaymentIntent; id: string }> => {
  const paid = await driver.pay('pm_card_visa', { metadata: { payment_id: 'p-1' } });
  const answer = await driver.control('POST', '/stripe/disputes', { charge: paid.latest_charge, ...more });
  return { paid, id: (answer.body as { id: string }).id };
};

const act = async (id: string, what: string, body: unknown = {}) =>
  (await driver.control('POST', `/stripe/disputes/${id}/${what}`, body)).status;

const movements = () =>
  driver.double.ledger().map(({ kind, amount, fee, paymentId }) => [kind, amount, fee, paymentId]);

describe('disputes of the Stripe double', () => {
  it('take a part of a charge with a fee, and no more than the charge', async () => {
    const { id, paid } = await open({ amount: 700 });
    const { data } = await stripe.disputes.list({ payment_intent: paid.id });
    expect(data).toMatchObject([
      {
        id,
        amount: 700,
        charge: paid.latest_charge,
        balance_transactions: [{ amount: -700, fee: 1500, net: -2200, reporting_category: 'dispute' }],
      },
    ]);
    const transaction = data[0]?.balance_transactions[0]?.id ?? '';
    expect(await stripe.balanceTransactions.retrieve(transaction, { expand: ['source'] })).toMatchObject({
      source: { id, object: 'dispute' },
    });
    expect(movements()).toEqual([
      ['charge', 1999, 88, 'p-1'],
      ['dispute', -700, 1500, 'p-1'],
    ]);
    const charge = paid.latest_charge;
    expect((await driver.control('POST', '/stripe/disputes', { charge, amount: 2000 })).status).toBe(409);
  });

  it('are won, with their fee where it is returned', async () => {
    const { id } = await open();
    expect(await act(id, 'review')).toBe(200);
    expect(await act(id, 'close', { outcome: 'won', returnsFee: true })).toBe(200);
    const dispute = await stripe.disputes.retrieve(id);
    expect(dispute.balance_transactions.map(({ amount, fee }) => [amount, fee])).toEqual([
      [-1999, 1500],
      [1999, -1500],
    ]);
    expect(movements().slice(1)).toEqual([
      ['dispute', -1999, 1500, 'p-1'],
      ['dispute_reversal', 1999, -1500, 'p-1'],
    ]);
    expect((await driver.eventTypes()).slice(-5)).toEqual([
      'charge.dispute.created',
      'charge.dispute.funds_withdrawn',
      'charge.dispute.updated',
      'charge.dispute.funds_reinstated',
      'charge.dispute.closed',
    ]);
  });

  it('begin as an inquiry that escalates, and take the money then', async () => {
    const { id } = await open({ isInquiry: true });
    expect(movements()).toHaveLength(1);
    expect(await act(id, 'review')).toBe(200);
    expect((await stripe.disputes.retrieve(id)).status).toBe('warning_under_review');
    expect(await act(id, 'escalate')).toBe(200);
    expect(await act(id, 'escalate')).toBe(409);
    expect(await stripe.disputes.retrieve(id)).toMatchObject({
      status: 'needs_response',
      is_charge_refundable: false,
      payment_method_details: { card: { case_type: 'chargeback' } },
      balance_transactions: [{ amount: -1999 }],
    });
    expect((await driver.eventTypes()).slice(-2)).toEqual([
      'charge.dispute.updated',
      'charge.dispute.funds_withdrawn',
    ]);
  });

  it.each([
    ['warning_closed', 'charge.dispute.closed'],
    ['prevented', 'charge.dispute.updated'],
  ])('end as an inquiry that is %s, without money', async (outcome, event) => {
    const { id } = await open({ isInquiry: true });
    for (const wrong of ['won', 'lost']) expect(await act(id, 'close', { outcome: wrong })).toBe(409);
    expect(await act(id, 'close', { outcome })).toBe(200);
    expect(await act(id, 'close', { outcome })).toBe(409);
    expect((await stripe.disputes.retrieve(id)).status).toBe(outcome);
    expect(movements()).toHaveLength(1);
    expect((await driver.eventTypes()).at(-1)).toBe(event);
  });

  it('do not end as an inquiry would once money was taken', async () => {
    const { id } = await open();
    for (const outcome of ['warning_closed', 'prevented'])
      expect(await act(id, 'close', { outcome })).toBe(409);
    expect((await stripe.disputes.close(id)).status).toBe('lost');
  });
});

describe('payouts of the Stripe double', () => {
  const payOut = async (): Promise<Stripe.Payout> => {
    await driver.pay('pm_card_visa', { capture_method: 'automatic' });
    return stripe.payouts.create({ amount: 1500, currency: 'usd', metadata: { week: '47' } });
  };
  const settle = async (id: string, status: string) =>
    (await driver.control('POST', `/stripe/payouts/${id}`, { status })).status;

  it('leave the balance and reach the bank', async () => {
    const payout = await payOut();
    expect(payout).toMatchObject({ object: 'payout', status: 'pending', amount: 1500, currency: 'usd' });
    expect(await settle(payout.id, 'in_transit')).toBe(200);
    expect(await settle(payout.id, 'paid')).toBe(200);
    expect(await settle(payout.id, 'in_transit')).toBe(409);
    expect(
      (await stripe.payouts.retrieve(payout.id, { expand: ['balance_transaction'] })).balance_transaction,
    ).toMatchObject({ type: 'payout', amount: -1500, source: payout.id });
    expect(driver.double.ledger().at(-1)).toMatchObject({
      id: payout.id,
      kind: 'payout',
      amount: -1500,
      paymentId: null,
    });
    expect((await driver.eventTypes()).slice(-3)).toEqual([
      'payout.created',
      'payout.updated',
      'payout.paid',
    ]);
  });

  it('come back from the bank, even after they counted as paid', async () => {
    const payout = await payOut();
    await settle(payout.id, 'paid');
    expect(await settle(payout.id, 'failed')).toBe(200);
    expect(await settle(payout.id, 'failed')).toBe(409);
    expect(await stripe.payouts.retrieve(payout.id)).toMatchObject({
      status: 'failed',
      failure_code: 'account_closed',
      failure_balance_transaction: expect.stringMatching(/^txn_/),
    });
    const { data } = await stripe.balanceTransactions.list({ source: payout.id });
    expect(data.map(({ type, amount }) => [type, amount])).toEqual([
      ['payout_failure', 1500],
      ['payout', -1500],
    ]);
    expect(driver.double.ledger().at(-1)).toMatchObject({ kind: 'payout_reversal', amount: 1500 });
  });

  it('are canceled while they are pending only', async () => {
    const [early, late] = [await payOut(), await payOut()];
    expect((await stripe.payouts.cancel(early.id)).status).toBe('canceled');
    expect((await driver.eventTypes()).at(-1)).toBe('payout.canceled');
    await settle(late.id, 'in_transit');
    expect((await refusal(stripe.payouts.cancel(late.id))).statusCode).toBe(400);
    expect((await stripe.payouts.list({ status: 'canceled' })).data.map(({ id }) => id)).toEqual([early.id]);
    expect((await stripe.payouts.update(late.id, { metadata: { seen: '1' } })).metadata).toEqual({
      week: '47',
      seen: '1',
    });
  });

  it('take no more than there is', async () => {
    await payOut();
    const refused = await refusal(stripe.payouts.create({ amount: 1500, currency: 'usd' }));
    expect(refused).toMatchObject({ statusCode: 400, code: 'balance_insufficient' });
    expect((await refusal(stripe.payouts.retrieve('po_none'))).statusCode).toBe(404);
    expect((await driver.control('POST', '/stripe/payouts/po_none', { status: 'paid' })).status).toBe(404);
  });
});
