import { type Answer, type Driver, representation, startDriver, usd } from './paypal-driver';

const dayMs = 86_400_000;
const orders = '/v2/checkout/orders';

const issueOf = (answer: Answer) => answer.body.details?.[0]?.issue;

describe('captures and refunds of the PayPal double', () => {
  let paypal: Driver;
  beforeAll(async () => {
    paypal = await startDriver();
  });
  afterAll(() => paypal.close());
  afterEach(() => paypal.control('DELETE', '/clock'));

  const refund = (captureId: string, body: unknown = {}, headers: Record<string, string> = {}) =>
    paypal.call('POST', `/v2/payments/captures/${captureId}/refund`, body, { ...representation, ...headers });
  const captureStatus = async (id: string) =>
    (await paypal.call('GET', `/v2/payments/captures/${id}`)).body.status;

  it('refunds in parts, then the rest, and never more', async () => {
    const { capture } = await paypal.pay({ custom_id: 'in-parts' });
    const first = await refund(capture.id, {
      amount: usd('5.00'),
      note_to_payer: 'sorry',
      invoice_id: 'r-1',
    });
    expect(first.status).toBe(201);
    expect(first.body).toMatchObject({
      status: 'COMPLETED',
      amount: usd('5.00'),
      note_to_payer: 'sorry',
      custom_id: 'in-parts',
    });
    expect(await captureStatus(capture.id)).toBe('PARTIALLY_REFUNDED');
    expect(issueOf(await refund(capture.id, { amount: usd('15.00') }))).toBe('REFUND_AMOUNT_EXCEEDED');
    expect(issueOf(await refund(capture.id, { amount: { currency_code: 'EUR', value: '1.00' } }))).toBe(
      'REFUND_CAPTURE_CURRENCY_MISMATCH',
    );
    expect(issueOf(await refund(capture.id, { amount: usd('1.00'), invoice_id: 'r-1' }))).toBe(
      'DUPLICATE_INVOICE_ID',
    );
    const rest = await refund(capture.id);
    expect(rest.body.amount).toEqual(usd('14.99'));
    expect(rest.body.seller_payable_breakdown.total_refunded_amount).toEqual(usd('19.99'));
    expect(rest.body.links).toContainEqual(
      expect.objectContaining({
        rel: 'up',
        href: expect.stringMatching(`/v2/payments/captures/${capture.id}$`),
      }),
    );
    expect(await captureStatus(capture.id)).toBe('REFUNDED');
    expect(issueOf(await refund(capture.id))).toBe('CAPTURE_FULLY_REFUNDED');
  });

  it('keeps two refunds at once within the capture', async () => {
    const { capture } = await paypal.pay();
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => refund(capture.id, { amount: usd('5.00') })),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(3);
    expect(answers.filter((answer) => issueOf(answer) === 'REFUND_AMOUNT_EXCEEDED')).toHaveLength(5);
  });

  it('lets a pending capture complete, be denied, or settle by itself', async () => {
    await paypal.control('POST', '/paypal/rules/captures', {
      outcome: 'PENDING',
      reason: 'ECHECK',
      times: 2,
    });
    const cleared = await paypal.pay({ custom_id: 'clears' });
    const denied = await paypal.pay({ custom_id: 'denied' });
    expect(cleared.capture).toMatchObject({ status: 'PENDING', status_details: { reason: 'ECHECK' } });
    expect(cleared.capture).not.toHaveProperty('seller_receivable_breakdown');
    expect(issueOf(await refund(cleared.capture.id))).toBe('PENDING_CAPTURE');
    const settle = (id: string, status: string) =>
      paypal.control('POST', `/paypal/captures/${id}`, { status });
    expect((await settle(cleared.capture.id, 'COMPLETED')).body.changed).toBe(true);
    expect((await settle(cleared.capture.id, 'DECLINED')).body.changed).toBe(false);
    await settle(denied.capture.id, 'DECLINED');
    expect([await captureStatus(cleared.capture.id), await captureStatus(denied.capture.id)]).toEqual([
      'COMPLETED',
      'DECLINED',
    ]);

    await paypal.control('POST', '/paypal/rules/captures', { outcome: 'PENDING', settleAfterMs: 5 * dayMs });
    const waits = await paypal.pay();
    await paypal.control('POST', '/clock', { advanceMs: 5 * dayMs });
    expect(await captureStatus(waits.capture.id)).toBe('COMPLETED');

    await paypal.control('POST', '/paypal/rules/captures', { outcome: 'DECLINED' });
    expect((await paypal.pay()).capture.status).toBe('DECLINED');
    await paypal.double.deliveries.drain();
    const told = paypal.hook.got.map(({ event }) => `${event.event_type} ${event.resource.custom_id}`);
    expect(told).toEqual(
      expect.arrayContaining([
        'PAYMENT.CAPTURE.PENDING clears',
        'PAYMENT.CAPTURE.COMPLETED clears',
        'PAYMENT.CAPTURE.PENDING denied',
        'PAYMENT.CAPTURE.DENIED denied',
      ]),
    );
    expect(paypal.hook.types()).toContain('PAYMENT.CAPTURE.DECLINED');
  });

  it('lets refunds pend, fail, and come back days after they completed', async () => {
    const { capture } = await paypal.pay();
    await paypal.control('POST', '/paypal/rules/refunds', { status: 'PENDING' });
    const pending = await refund(capture.id, { amount: usd('19.99') });
    expect(pending.body).toMatchObject({ status: 'PENDING', status_details: { reason: 'ECHECK' } });
    expect(issueOf(await refund(capture.id, { amount: usd('0.01') }))).toBe('REFUND_AMOUNT_EXCEEDED');
    await paypal.control('POST', `/paypal/refunds/${pending.body.id}`, { status: 'FAILED' });
    expect(await captureStatus(capture.id)).toBe('COMPLETED');
    const again = await refund(capture.id);
    expect(await captureStatus(capture.id)).toBe('REFUNDED');
    await paypal.control('POST', `/paypal/refunds/${again.body.id}`, { status: 'FAILED' });
    expect((await paypal.call('GET', `/v2/payments/refunds/${again.body.id}`)).body.status).toBe('FAILED');
    expect(await captureStatus(capture.id)).toBe('COMPLETED');
  });

  it('reverses what is left of a capture, as a refund that nobody asked for', async () => {
    const { capture } = await paypal.pay();
    await refund(capture.id, { amount: usd('4.99') });
    await paypal.control('POST', `/paypal/captures/${capture.id}`, { status: 'REVERSED' });
    await paypal.double.deliveries.drain();
    const told = paypal.hook.got.findLast(({ event }) => event.event_type === 'PAYMENT.CAPTURE.REVERSED');
    expect(told?.event).toMatchObject({ resource_type: 'refund', resource: { amount: usd('15.00') } });
    expect((await paypal.call('GET', `/v2/payments/refunds/${told?.event.resource.id}`)).status).toBe(200);
    expect(await captureStatus(capture.id)).toBe('REFUNDED');
  });

  it('shows its own books: what moved, per payment, in minor units', async () => {
    const { capture } = await paypal.pay({
      custom_id: 'in-forint',
      amount: { currency_code: 'HUF', value: '5000' },
    });
    await refund(capture.id, { amount: { currency_code: 'HUF', value: '1200' } });
    const { body } = await paypal.control('GET', '/ledger');
    const ours = body.entries.filter(({ paymentId }) => paymentId === 'in-forint');
    expect(ours).toMatchObject([
      { kind: 'charge', amount: 5000, fee: 265, currency: 'HUF' },
      { kind: 'refund', amount: -1200, fee: 0, currency: 'HUF' },
    ]);
  });

  describe('PayPal-Request-Id', () => {
    const withId = (id: string) => ({ ...representation, 'paypal-request-id': id });
    const order = (value: string) => ({ intent: 'CAPTURE', purchase_units: [{ amount: usd(value) }] });

    it('answers a known id with the latest state of the first result, whatever the body', async () => {
      const first = await paypal.call('POST', orders, order('1.00'), withId('order-a'));
      await paypal.approve(first.body.id);
      const again = await paypal.call('POST', orders, order('2.00'), withId('order-a'));
      expect([first.status, again.status]).toEqual([201, 200]);
      expect(again.body).toMatchObject({ id: first.body.id, status: 'APPROVED' });
      expect(again.body.purchase_units[0]?.amount.value).toBe('1.00');
      const capture = () => paypal.call('POST', `${orders}/${first.body.id}/capture`, {}, withId('order-a'));
      const captured = await capture();
      expect(captured.status).toBe(201);
      const repeated = await capture();
      expect(repeated.status).toBe(200);
      expect(repeated.body.purchase_units).toEqual(captured.body.purchase_units);
    });

    it('doubles what comes without an id', async () => {
      const [a, b] = [await paypal.createOrder(), await paypal.createOrder()];
      expect(a.body.id).not.toBe(b.body.id);
    });

    it('forgets order ids after 6 hours and payment ids after 45 days', async () => {
      const first = await paypal.call('POST', orders, order('1.00'), withId('order-b'));
      const { capture } = await paypal.pay();
      const refunded = await refund(capture.id, { amount: usd('1.00') }, { 'paypal-request-id': 'refund-b' });
      await paypal.control('POST', '/clock', { advanceMs: dayMs / 4 + 1_000 });
      const later = await paypal.call('POST', orders, order('1.00'), withId('order-b'));
      expect(later.body.id).not.toBe(first.body.id);
      const repeated = await refund(capture.id, { amount: usd('1.00') }, { 'paypal-request-id': 'refund-b' });
      expect(repeated.body.id).toBe(refunded.body.id);
      await paypal.control('POST', '/clock', { advanceMs: 45 * dayMs });
      const muchLater = await refund(
        capture.id,
        { amount: usd('1.00') },
        { 'paypal-request-id': 'refund-b' },
      );
      expect(muchLater.body.id).not.toBe(refunded.body.id);
    });

    it('fails the second of two at once', async () => {
      const { capture } = await paypal.pay();
      await paypal.control('POST', '/faults', {
        pathPattern: '/v2/payments/captures/{id}/refund',
        times: 1,
        layer: 'endpoint',
        action: { delayMs: 100 },
      });
      const answers = await Promise.all(
        [1, 2].map(() => refund(capture.id, { amount: usd('1.00') }, { 'paypal-request-id': 'at-once' })),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
      const failed = answers.find(({ status }) => status === 409);
      expect(failed && issueOf(failed)).toBe('PREVIOUS_REQUEST_IN_PROGRESS');
    });

    it('remembers nothing of a call that failed, and all of one whose answer was lost', async () => {
      const { body } = await paypal.createOrder();
      const capture = () => paypal.call('POST', `${orders}/${body.id}/capture`, {}, withId('order-c'));
      expect(issueOf(await capture())).toBe('ORDER_NOT_APPROVED');
      await paypal.approve(body.id);
      await paypal.control('POST', '/faults', {
        pathPattern: `${orders}/{id}/capture`,
        times: 1,
        layer: 'endpoint',
        action: { status: 500, afterActing: true },
      });
      const lost = await capture();
      expect(lost).toMatchObject({ status: 500, body: { name: 'INTERNAL_SERVER_ERROR' } });
      const found = await capture();
      expect(found).toMatchObject({ status: 200, body: { status: 'COMPLETED' } });
      expect(found.body.purchase_units[0]?.payments.captures).toHaveLength(1);
    });
  });
});
