import type Stripe from 'stripe';
import { refusal, type StripeDriver, startStripe } from './stripe-driver';

describe('refunds and disputes of the Stripe double', () => {
  let driver: StripeDriver;
  let stripe: Stripe;
  beforeAll(async () => {
    driver = await startStripe();
    stripe = driver.stripe;
  });
  beforeEach(() => driver.double.reset());
  afterAll(() => driver.close());

  const chargeOf = (intent: Stripe.PaymentIntent) => stripe.charges.retrieve(String(intent.latest_charge));

  it('gives back parts until nothing is left, never more', async () => {
    const paid = await driver.pay('pm_card_visa', { metadata: { payment_id: 'p-1' } });
    const first = await stripe.refunds.create({
      payment_intent: paid.id,
      amount: 500,
      reason: 'requested_by_customer',
    });
    expect(first).toMatchObject({
      status: 'succeeded',
      amount: 500,
      charge: paid.latest_charge,
      currency: 'usd',
    });
    expect(await refusal(stripe.refunds.create({ payment_intent: paid.id, amount: 1500 }))).toMatchObject({
      statusCode: 400,
      param: 'amount',
      message: 'Refund amount ($15.00) is greater than unrefunded amount on charge ($14.99)',
    });
    const rest = await stripe.refunds.create({ charge: String(paid.latest_charge) });
    expect(rest.amount).toBe(1499);
    expect(await chargeOf(paid)).toMatchObject({ amount_refunded: 1999, refunded: true });
    expect((await refusal(stripe.refunds.create({ payment_intent: paid.id }))).code).toBe(
      'charge_already_refunded',
    );
    expect(driver.double.ledger().map((one) => [one.kind, one.amount, one.fee, one.paymentId])).toEqual([
      ['charge', 1999, 88, 'p-1'],
      ['refund', -500, 0, 'p-1'],
      ['refund', -1499, 0, 'p-1'],
    ]);
    const events = await stripe.events.list({ type: 'charge.refunded' });
    expect(events.data[0]?.data.previous_attributes).toEqual({ amount_refunded: 500, refunded: false });
  });

  it('expands a charge with its refunds', async () => {
    const paid = await driver.pay('pm_card_visa');
    const refund = await stripe.refunds.create({ payment_intent: paid.id, amount: 100 });
    const charge = await stripe.charges.retrieve(String(paid.latest_charge), {
      expand: ['refunds', 'payment_intent'],
    });
    expect(charge.refunds?.data.map((one) => one.id)).toEqual([refund.id]);
    expect(charge.payment_intent).toMatchObject({ id: paid.id });
  });

  it('leaves a refund pending for a while (pm_card_pendingRefund)', async () => {
    const paid = await driver.pay('pm_card_pendingRefund');
    const refund = await stripe.refunds.create({ payment_intent: paid.id });
    expect(refund.status).toBe('pending');
    driver.double.clock.advance(10_000);
    expect((await stripe.refunds.retrieve(refund.id)).status).toBe('succeeded');
    expect((await driver.eventTypes()).slice(-2)).toEqual(['refund.updated', 'charge.refund.updated']);
  });

  it('brings a refund back after it seemed to succeed (pm_card_refundFail)', async () => {
    const paid = await driver.pay('pm_card_refundFail');
    const refund = await stripe.refunds.create({ payment_intent: paid.id, amount: 700 });
    expect(refund.status).toBe('succeeded');
    driver.double.clock.advance(10_000);
    expect(await stripe.refunds.retrieve(refund.id)).toMatchObject({
      status: 'failed',
      failure_reason: 'expired_or_canceled_card',
      failure_balance_transaction: expect.stringMatching(/^txn_/),
    });
    expect(await chargeOf(paid)).toMatchObject({ amount_refunded: 0, refunded: false });
    const sum = driver.double.ledger().reduce((total, one) => total + one.amount, 0);
    expect(sum).toBe(1999);
    expect((await driver.eventTypes()).at(-1)).toBe('refund.failed');
  });

  it('refuses refunds of what was never taken', async () => {
    const open = await stripe.paymentIntents.create({ amount: 500, currency: 'usd' });
    expect((await refusal(stripe.refunds.create({ payment_intent: open.id }))).code).toBe(
      'payment_intent_unexpected_state',
    );
    const held = await driver.pay('pm_card_visa', { capture_method: 'manual' });
    expect((await refusal(stripe.refunds.create({ payment_intent: held.id }))).statusCode).toBe(400);
    expect((await refusal(stripe.refunds.create({ payment_intent: 'pi_none' }))).code).toBe(
      'resource_missing',
    );
    expect((await refusal(stripe.refunds.create({}))).statusCode).toBe(400);
  });

  it('updates a refund and cancels none that is through', async () => {
    const paid = await driver.pay('pm_card_visa');
    const refund = await stripe.refunds.create({ payment_intent: paid.id });
    expect((await stripe.refunds.update(refund.id, { metadata: { a: '1' } })).metadata).toEqual({ a: '1' });
    expect((await refusal(stripe.refunds.cancel(refund.id))).statusCode).toBe(400);
    expect((await stripe.refunds.list({ payment_intent: paid.id })).data).toHaveLength(1);
  });

  it('opens a dispute with the card made for it, and loses it', async () => {
    const paid = await driver.pay('pm_card_createDispute');
    const dispute = (await stripe.disputes.list({ payment_intent: paid.id })).data[0];
    expect(dispute).toMatchObject({ status: 'needs_response', amount: 1999, is_charge_refundable: false });
    expect((await chargeOf(paid)).disputed).toBe(true);
    expect((await refusal(stripe.refunds.create({ payment_intent: paid.id }))).code).toBe('charge_disputed');
    await driver.control('POST', `/stripe/disputes/${dispute?.id}/close`, { outcome: 'lost' });
    expect((await stripe.disputes.retrieve(dispute?.id ?? '')).status).toBe('lost');
    expect((await driver.eventTypes()).slice(-3)).toEqual([
      'charge.dispute.created',
      'charge.dispute.funds_withdrawn',
      'charge.dispute.closed',
    ]);
    expect(driver.double.ledger().map((one) => [one.kind, one.amount, one.fee])).toEqual([
      ['charge', 1999, 88],
      ['dispute', -1999, 1500],
    ]);
  });

  it('opens one on demand, wins it and brings the money back', async () => {
    const paid = await driver.pay('pm_card_visa');
    const opened = await driver.control('POST', '/stripe/disputes', {
      charge: paid.latest_charge,
      amount: 1000,
    });
    const { id } = opened.body as { id: string };
    await driver.control('POST', `/stripe/disputes/${id}/review`);
    expect((await stripe.disputes.retrieve(id)).status).toBe('under_review');
    await driver.control('POST', `/stripe/disputes/${id}/close`, { outcome: 'won' });
    expect((await driver.control('POST', `/stripe/disputes/${id}/close`, { outcome: 'lost' })).status).toBe(
      409,
    );
    const sum = driver.double.ledger().reduce((total, one) => total + one.amount, 0);
    expect(sum).toBe(1999);
    expect((await stripe.disputes.retrieve(id)).balance_transactions.map((one) => one.amount)).toEqual([
      -1000, 1000,
    ]);
  });

  it('takes no money for an inquiry', async () => {
    const paid = await driver.pay('pm_card_createDisputeInquiry');
    const dispute = (await stripe.disputes.list()).data[0];
    expect(dispute).toMatchObject({ status: 'warning_needs_response', balance_transactions: [] });
    await stripe.disputes.update(dispute?.id ?? '', { evidence: { uncategorized_text: 'sent by mail' } });
    await driver.control('POST', `/stripe/disputes/${dispute?.id}/close`, { outcome: 'warning_closed' });
    expect(driver.double.ledger()).toMatchObject([{ kind: 'charge', objects: { payment_intent: paid.id } }]);
  });

  it('lists balance transactions that add up to the ledger', async () => {
    const paid = await driver.pay('pm_card_visa', { capture_method: 'automatic' });
    await stripe.refunds.create({ payment_intent: paid.id, amount: 300 });
    const { data } = await stripe.balanceTransactions.list();
    expect(data.map((one) => [one.type, one.amount, one.net])).toEqual([
      ['refund', -300, -300],
      ['charge', 1999, 1911],
    ]);
    driver.double.clock.advance(3 * 86_400_000);
    expect((await stripe.balanceTransactions.retrieve(data[0]?.id ?? '')).status).toBe('available');
    const expanded = await stripe.balanceTransactions.list({ expand: ['data.source'], type: 'charge' });
    expect(expanded.data[0]?.source).toMatchObject({ object: 'charge', payment_intent: paid.id });
  });
});
