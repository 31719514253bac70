import { type Answer, type Driver, representation, startDriver, usd } from './paypal-driver';

const disputes = '/v1/customer/disputes';
const issueOf = (answer: Answer) => answer.body.details?.[0]?.issue;

/** Fields of a dispute that the driver's type does not know. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into whatever came
const loose = (answer: Answer): any => answer.body;

describe('disputes of the PayPal double', () => {
  let paypal: Driver;
  beforeAll(async () => {
    paypal = await startDriver();
  });
  afterAll(() => paypal.close());
  afterEach(() => paypal.control('DELETE', '/clock'));

  const open = async (more: object = {}) => {
    const { capture, order } = await paypal.pay({ custom_id: 'p-1', invoice_id: undefined });
    const opened = await paypal.control('POST', '/paypal/disputes', { captureId: capture.id, ...more });
    return { capture, order, id: loose(opened).dispute_id as string, opened };
  };
  const act = (id: string, what: string, body: object = {}) =>
    paypal.control('POST', `/paypal/disputes/${id}${what}`, body);
  const show = async (id: string) => loose(await paypal.call('GET', `${disputes}/${id}`));
  const captureOf = async (id: string) => (await paypal.call('GET', `/v2/payments/captures/${id}`)).body;
  const refundsOf = async (orderId: string) =>
    (await paypal.call('GET', `/v2/checkout/orders/${orderId}`)).body.purchase_units[0]?.payments.refunds;
  const movementsOf = async (captureId: string) => {
    const { body } = await paypal.control('GET', '/ledger');
    return loose({ body } as Answer)
      .entries.filter((one: { objects: { capture: string } }) => one.objects.capture === captureId)
      .map((one: { kind: string; amount: number; fee: number }) => [one.kind, one.amount, one.fee]);
  };
  const toldOf = async (id: string) => {
    await paypal.double.deliveries.drain();
    return paypal.hook.got
      .filter(({ event }) => loose({ body: event.resource } as Answer).dispute_id === id)
      .map(({ event }) => `${event.event_type} ${event.resource.status}`);
  };

  it('open as an inquiry, are seen in full and in lists, and move no money', async () => {
    const { id, capture } = await open();
    expect(await show(id)).toMatchObject({
      dispute_id: id,
      status: 'OPEN',
      dispute_life_cycle_stage: 'INQUIRY',
      dispute_amount: usd('19.99'),
      disputed_transactions: [
        { seller_transaction_id: capture.id, custom: 'p-1', transaction_status: 'COMPLETED' },
      ],
    });
    expect(await show(id)).not.toHaveProperty('dispute_outcome');
    const { body } = await paypal.call('GET', `${disputes}?disputed_transaction_id=${capture.id}`);
    expect(body).toMatchObject({ items: [{ dispute_id: id, dispute_state: 'OPEN_INQUIRIES' }] });
    expect(loose({ body } as Answer).items[0]).not.toHaveProperty('disputed_transactions');
    expect(await movementsOf(capture.id)).toHaveLength(1);
    expect(await toldOf(id)).toEqual(['CUSTOMER.DISPUTE.CREATED OPEN']);
  });

  it('page through lists, newest first', async () => {
    const { capture, id } = await open();
    const more = await Promise.all(
      [1, 2].map(() => paypal.control('POST', '/paypal/disputes', { captureId: capture.id })),
    );
    const ids = [id, ...more.map((one) => loose(one).dispute_id)];
    const found: string[] = [];
    let next: string | undefined = `${disputes}?disputed_transaction_id=${capture.id}&page_size=2`;
    while (next !== undefined) {
      const page: Answer = await paypal.call('GET', next);
      found.push(...loose(page).items.map((one: { dispute_id: string }) => one.dispute_id));
      next = page.body.links.find(({ rel }) => rel === 'next')?.href.replace(paypal.double.url, '');
    }
    expect(found).toEqual(ids.reverse());
    expect((await paypal.call('GET', `${disputes}?page_size=51`)).status).toBe(400);
    expect((await paypal.call('GET', `${disputes}/PP-NONE`)).status).toBe(404);
  });

  it('escalate, are answered with evidence, and are won', async () => {
    const { id, capture } = await open();
    await act(id, '', { stage: 'CHARGEBACK' });
    expect(await show(id)).toMatchObject({
      dispute_life_cycle_stage: 'CHARGEBACK',
      status: 'WAITING_FOR_SELLER_RESPONSE',
    });
    expect((await act(id, '', { stage: 'INQUIRY' })).status).toBe(422);
    expect((await paypal.call('POST', `${disputes}/${id}/provide-evidence`, {})).status).toBe(200);
    expect(issueOf(await paypal.call('POST', `${disputes}/${id}/provide-evidence`, {}))).toBe(
      'ACTION_NOT_ALLOWED_IN_CURRENT_DISPUTE_STATE',
    );
    await act(id, '/resolve', { outcome: 'RESOLVED_SELLER_FAVOUR' });
    expect(await show(id)).toMatchObject({
      status: 'RESOLVED',
      dispute_outcome: { outcome_code: 'RESOLVED_SELLER_FAVOUR', amount_refunded: usd('0.00') },
    });
    expect((await act(id, '/resolve', { outcome: 'ACCEPTED' })).status).toBe(422);
    expect(await movementsOf(capture.id)).toHaveLength(1);
    expect(await toldOf(id)).toEqual([
      'CUSTOMER.DISPUTE.CREATED OPEN',
      'CUSTOMER.DISPUTE.UPDATED WAITING_FOR_SELLER_RESPONSE',
      'CUSTOMER.DISPUTE.UPDATED UNDER_REVIEW',
      'CUSTOMER.DISPUTE.RESOLVED RESOLVED',
    ]);
  });

  it('are lost: the capture is reversed, with a fee, as a refund in the order', async () => {
    const { id, capture, order } = await open({ stage: 'CHARGEBACK', channel: 'EXTERNAL' });
    await act(id, '/resolve', { outcome: 'RESOLVED_BUYER_FAVOUR', fee: 2000 });
    expect(await captureOf(capture.id)).toMatchObject({
      status: 'REFUNDED',
      status_details: { reason: 'CHARGEBACK' },
    });
    expect(await refundsOf(order.id)).toMatchObject([{ status: 'COMPLETED', amount: usd('19.99') }]);
    expect(await show(id)).toMatchObject({
      money_movements: [
        { affected_party: 'SELLER', type: 'DEBIT', reason: 'DISPUTE_SETTLEMENT', amount: usd('19.99') },
        { affected_party: 'BUYER', type: 'CREDIT', reason: 'DISPUTE_SETTLEMENT', amount: usd('19.99') },
        { affected_party: 'SELLER', type: 'DEBIT', reason: 'CHARGEBACK_FEE', amount: usd('20.00') },
      ],
    });
    expect(await movementsOf(capture.id)).toEqual([
      ['charge', 1999, 119],
      ['dispute', -1999, 2000],
    ]);
    await paypal.double.deliveries.drain();
    expect(paypal.hook.types()).toContain('PAYMENT.CAPTURE.REVERSED');
  });

  it('take a part, hidden from the order, and give it back when they are won', async () => {
    const { id, capture, order } = await open({ stage: 'CHARGEBACK', amount: 700 });
    await act(id, '/take', { hidden: true });
    expect((await captureOf(capture.id)).status).toBe('PARTIALLY_REFUNDED');
    expect(await refundsOf(order.id)).toBeUndefined();
    await act(id, '/resolve', { outcome: 'DENIED' });
    expect((await captureOf(capture.id)).status).toBe('COMPLETED');
    expect((await movementsOf(capture.id)).slice(1)).toEqual([
      ['dispute', -700, 0],
      ['dispute_reversal', 700, 0],
    ]);
    const types = (await show(id)).money_movements.map(
      (one: { affected_party: string; type: string }) => `${one.affected_party} ${one.type}`,
    );
    expect(types).toEqual(['SELLER DEBIT', 'BUYER CREDIT', 'SELLER CREDIT']);
  });

  it('are accepted: PayPal refunds the payer', async () => {
    const { id, capture } = await open({ amount: 500 });
    expect((await paypal.call('POST', `${disputes}/${id}/accept-claim`, {})).status).toBe(200);
    expect(await show(id)).toMatchObject({
      status: 'RESOLVED',
      dispute_outcome: { outcome_code: 'RESOLVED_BUYER_FAVOUR', amount_refunded: usd('5.00') },
    });
    expect((await movementsOf(capture.id)).at(-1)).toEqual(['refund', -500, 0]);
    expect((await paypal.call('POST', `${disputes}/${id}/accept-claim`, {})).status).toBe(422);
  });

  it('are refused for what is not ours any more', async () => {
    const { capture } = await paypal.pay();
    await paypal.call('POST', `/v2/payments/captures/${capture.id}/refund`, {}, representation);
    expect((await paypal.control('POST', '/paypal/disputes', { captureId: capture.id })).status).toBe(422);
    expect((await paypal.control('POST', '/paypal/disputes', { captureId: 'NONE' })).status).toBe(404);
    expect((await paypal.control('POST', '/paypal/disputes', {})).status).toBe(400);
    expect((await paypal.control('POST', '/paypal/disputes/NONE', {})).status).toBe(404);
  });

  it('need a token', async () => {
    expect((await fetch(`${paypal.double.url}${disputes}`)).status).toBe(401);
  });

  it('reverse a capture by a bank’s chargeback, in the order or hidden from it', async () => {
    for (const hidden of [false, true]) {
      const { capture, order } = await paypal.pay();
      const reversed = { status: 'REVERSED', reason: 'CHARGEBACK', hidden };
      await paypal.control('POST', `/paypal/captures/${capture.id}`, reversed);
      expect(await captureOf(capture.id)).toMatchObject({
        status: 'REFUNDED',
        status_details: { reason: 'CHARGEBACK' },
      });
      expect(await refundsOf(order.id)).toEqual(
        hidden ? undefined : [expect.objectContaining({ status: 'COMPLETED' })],
      );
    }
  });
});
