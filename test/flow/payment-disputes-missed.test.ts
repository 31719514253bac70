import { randomUUID } from 'node:crypto';
import { fetchToken } from '../doubles/paypal-driver';
import { type DisputeShop, disputeShop, type Message, messageOf } from '../support/dispute-shop';
import { type DoubleShop, openDoubleShop, type Purchase } from '../support/double-shop';
import { paymentRows } from '../support/payment-rows';
import { expectSoundBooks } from '../support/payment-service';

const HOUR = 3_600_000;
const stripeSale = ['capture 1999', 'fee -88'];
const paypalSale = ['capture 1999', 'fee -119'];

let shop: DoubleShop;
let disputes: DisputeShop;
beforeEach(async () => {
  shop = await openDoubleShop();
  disputes = disputeShop(shop);
});
afterEach(async () => {
  await expectSoundBooks(shop.admin);
  await shop.close();
});

describe('with every webhook lost', () => {
  it('the confirmation sees the disputes of a Stripe charge', async () => {
    const purchase = await shop.agree('stripe');
    const id = await disputes.dispute(purchase, { amount: 500 });
    await disputes.act('stripe', id, '/close', { outcome: 'lost' });
    expect((await disputes.confirm(purchase)).status).toBe(200);
    expect(await disputes.rowOf(purchase)).toMatchObject({ reversed_minor: '500', dispute_status: 'lost' });
  });

  it('the sweep sees them', async () => {
    const purchase = await shop.agree('stripe');
    await disputes.dispute(purchase, {});
    shop.clock.advance(HOUR / 10);
    await shop.sweep('open-payments');
    expect(await disputes.rowOf(purchase)).toMatchObject({
      reversed_minor: '1999',
      dispute_status: 'needs_response',
    });
    expect(await disputes.bookedOf(purchase)).toEqual(
      [...stripeSale, 'fee -1500', 'withdrawal -1999'].sort(),
    );
  });

  it('the sweep sees one in the currency of our balance, and what else it asked for', async () => {
    const purchase = await shop.agree('stripe');
    const id = await disputes.dispute(purchase, {});
    const moved = [{ id: 'txn_eur', amount: -1800, fee: 1400, currency: 'eur' }];
    const changes = { currency: 'eur', amount: 1800, balance_transactions: moved };
    await shop.control('stripe', 'PUT', `/stripe/objects/${id}`, { changes });
    shop.clock.advance(HOUR / 10);
    await shop.sweep('open-payments');
    expect(await disputes.rowOf(purchase)).toMatchObject({
      status: 'succeeded',
      dispute_status: 'needs_response',
      reversed_minor: '0',
      review_reason: null,
    });
    expect(await disputes.bookedOf(purchase)).toEqual([...stripeSale].sort());
  });

  it('the confirmation sees every refund of a Stripe charge, also those before the last ten', async () => {
    const purchase = await shop.agree('stripe');
    for (let made = 0; made < 12; made += 1) {
      const answer = await fetch(`${shop.stripe.url}/v1/refunds`, {
        method: 'POST',
        headers: { authorization: `Bearer ${shop.stripe.secretKey}` },
        body: new URLSearchParams({ payment_intent: purchase.ref, amount: '100' }),
      });
      expect(answer.status).toBe(200);
    }
    expect((await disputes.confirm(purchase)).status).toBe(200);
    expect(await disputes.rowOf(purchase)).toMatchObject({
      status: 'partially_refunded',
      refunded_minor: '1200',
    });
  });

  it('asks for no disputes where there is none', async () => {
    const purchase = await shop.agree('stripe');
    shop.stripe.calls.clear();
    await disputes.confirm(purchase);
    expect(Object.keys(shop.stripe.calls.read().counts)).toEqual(['GET /v1/payment_intents/{id}']);
  });

  it.each(['stripe', 'paypal'] as const)('the event list of %s brings them', async (provider) => {
    const purchase = await disputes.buy(provider);
    await shop.sweep('provider-events');
    const id = await disputes.dispute(purchase, {});
    if (provider === 'paypal') await disputes.act(provider, id, '', { stage: 'CHARGEBACK' });
    shop.clock.advance(HOUR);
    await shop.sweep('provider-events');
    expect(await disputes.rowOf(purchase)).toMatchObject({ dispute_status: 'needs_response' });
  });
});

describe('a capture that PayPal reversed without showing a refund', () => {
  const readAgain = async (purchase: Purchase) => {
    const event = {
      id: `WH-${randomUUID()}`,
      event_type: 'CHECKOUT.ORDER.COMPLETED',
      resource: { id: purchase.ref },
    };
    await disputes.deliver(messageOf(event, 'paypal'));
  };

  it('is withdrawn once it has not changed for three hours, and given back when its dispute is won', async () => {
    const purchase = await disputes.buy('paypal');
    const id = await disputes.dispute(purchase, { stage: 'CHARGEBACK' });
    await disputes.act('paypal', id, '/take', { hidden: true });
    await readAgain(purchase);
    expect(await disputes.rowOf(purchase)).toMatchObject({
      status: 'succeeded',
      reversed_minor: '0',
      dispute_status: 'needs_response',
    });
    shop.clock.advance(3 * HOUR);
    await readAgain(purchase);
    expect(await disputes.rowOf(purchase)).toMatchObject({ refunded_minor: '0', reversed_minor: '1999' });
    await disputes.act('paypal', id, '/resolve', { outcome: 'RESOLVED_SELLER_FAVOUR' });
    await disputes.deliver(...(await disputes.told('paypal')).slice(-1));
    expect(await disputes.rowOf(purchase)).toMatchObject({
      status: 'succeeded',
      reversed_minor: '0',
      dispute_status: 'won',
      review_reason: null,
    });
    expect(await disputes.bookedOf(purchase)).toEqual(
      [...paypalSale, 'reinstatement 1999', 'withdrawal -1999'].sort(),
    );
  });

  it('is reversed for good when it is lost', async () => {
    const purchase = await disputes.buy('paypal');
    const id = await disputes.dispute(purchase, { stage: 'CHARGEBACK', channel: 'EXTERNAL' });
    await disputes.act('paypal', id, '/resolve', { outcome: 'ACCEPTED', hidden: true });
    await disputes.deliver(...(await disputes.told('paypal')).slice(-2));
    expect(await disputes.rowOf(purchase)).toMatchObject({ reversed_minor: '0', dispute_status: 'lost' });
    shop.clock.advance(3 * HOUR);
    await readAgain(purchase);
    expect(await disputes.rowOf(purchase)).toMatchObject({ status: 'reversed', reversed_minor: '1999' });
  });

  it('is found by the sweep, though nothing about it is disputed', async () => {
    const purchase = await disputes.buy('paypal');
    await shop.sweep('open-payments');
    const { facts } = await paymentRows(shop.admin, purchase.id);
    const captureId = facts.find(({ kind }) => kind === 'capture')?.object_id;
    await shop.control('paypal', 'POST', `/paypal/captures/${captureId}`, {
      status: 'REVERSED',
      hidden: true,
    });
    await disputes.deliver(...(await disputes.told('paypal')).slice(-1));
    expect(await disputes.rowOf(purchase)).toMatchObject({ status: 'succeeded', reversed_minor: '0' });
    for (let minutes = 0; minutes < 6 * 60; minutes += 40) {
      shop.clock.advance((HOUR * 2) / 3);
      await shop.sweep('open-payments');
    }
    expect(await disputes.rowOf(purchase)).toMatchObject({ status: 'reversed', reversed_minor: '1999' });
    // Then nobody is asked any more.
    const asked = shop.callsTo('paypal');
    shop.clock.advance(12 * HOUR);
    await shop.sweep('open-payments');
    expect(shop.callsTo('paypal')).toBe(asked);
  });

  it('counts once where the payer was refunded because we accepted the claim', async () => {
    const purchase = await disputes.buy('paypal');
    const id = await disputes.dispute(purchase, {});
    const token = await fetchToken(shop.paypal);
    await fetch(`${shop.paypal.url}/v1/customer/disputes/${id}/accept-claim`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
    });
    await disputes.deliver(...(await disputes.told('paypal')).slice(-3));
    shop.clock.advance(4 * HOUR);
    await readAgain(purchase);
    expect(await disputes.rowOf(purchase)).toMatchObject({
      status: 'refunded',
      refunded_minor: '1999',
      reversed_minor: '0',
      dispute_status: 'lost',
    });
  });
});

describe('a dispute that is not ours', () => {
  const disputeEvent = (dispute: object) =>
    messageOf(
      { id: `WH-${randomUUID()}`, event_type: 'CUSTOMER.DISPUTE.CREATED', resource: dispute },
      'paypal',
    );
  const inboxOf = async ({ eventId }: Message) =>
    (await shop.admin.query('select outcome, reason from private.inbox where event_id = $1', [eventId])).rows;

  it('at PayPal, or none at all, is kept and has no effect', async () => {
    for (const resource of [{ dispute_id: 'PP-R-MADE-UP' }, {}]) {
      const event = disputeEvent({ ...resource, disputed_transactions: [{ seller_transaction_id: 'X' }] });
      await disputes.deliver(event);
      expect(await inboxOf(event)).toEqual([{ outcome: 'ignored', reason: 'a dispute of no order' }]);
    }
  });
});
