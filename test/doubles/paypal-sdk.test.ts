import {
  ApiError,
  CheckoutPaymentIntent,
  Client,
  CustomError,
  Environment,
  OrdersController,
  PaymentsController,
} from '@paypal/paypal-server-sdk';
import { type Driver, startDriver } from './paypal-driver';

/**
 * The official SDK knows two base URLs and no third. What it offers is `unstable_httpClientOptions`, defaults for
 * the axios instance underneath: a request transform runs before the adapter, with the request's config as `this`.
 */
function clientFor({ url, clientId, clientSecret }: Driver['double'], secret = clientSecret): Client {
  return new Client({
    clientCredentialsAuthCredentials: { oAuthClientId: clientId, oAuthClientSecret: secret },
    environment: Environment.Sandbox,
    unstable_httpClientOptions: {
      transformRequest: [
        function (this: { url?: string }, data: unknown) {
          this.url = this.url?.replace('https://api-m.sandbox.paypal.com', url);
          return data;
        },
      ],
    },
  });
}

describe('the PayPal double, driven by the official SDK', () => {
  let paypal: Driver;
  beforeAll(async () => {
    paypal = await startDriver();
  });
  afterAll(() => paypal.close());

  const body = {
    intent: CheckoutPaymentIntent.Capture,
    purchaseUnits: [
      { amount: { currencyCode: 'EUR', value: '49.00' }, customId: 'from-sdk', invoiceId: 'from-sdk' },
    ],
    applicationContext: { returnUrl: 'https://shop.example/back', cancelUrl: 'https://shop.example/cart' },
  };

  it('creates, captures, reads and refunds', async () => {
    const client = clientFor(paypal.double);
    const orders = new OrdersController(client);
    const payments = new PaymentsController(client);
    const { result: order, statusCode } = await orders.createOrder({ body, paypalRequestId: 'sdk-1' });
    expect([statusCode, order.status]).toEqual([201, 'CREATED']);
    const id = order.id ?? '';
    expect(order.links?.find(({ rel }) => rel === 'approve')?.href).toContain(`/checkoutnow?token=${id}`);
    await paypal.approve(id);

    const { result: captured } = await orders.captureOrder({
      id,
      prefer: 'return=minimal',
      paypalRequestId: 'sdk-2',
    });
    const capture = captured.purchaseUnits?.[0]?.payments?.captures?.[0];
    expect(capture).toMatchObject({ status: 'COMPLETED', customId: 'from-sdk' });
    const { result: shown } = await payments.getCapturedPayment({ captureId: capture?.id ?? '' });
    expect(shown).toMatchObject({
      amount: { currencyCode: 'EUR', value: '49.00' },
      sellerReceivableBreakdown: { paypalFee: { value: '2.20' }, netAmount: { value: '46.80' } },
      supplementaryData: { relatedIds: { orderId: id } },
    });
    const { result: refund } = await payments.refundCapturedPayment({
      captureId: capture?.id ?? '',
      body: { amount: { currencyCode: 'EUR', value: '9.00' }, noteToPayer: 'one item was missing' },
      prefer: 'return=representation',
    });
    expect(refund).toMatchObject({ status: 'COMPLETED', amount: { value: '9.00' } });
    const { result: read } = await payments.getRefund({ refundId: refund.id ?? '' });
    expect(read.noteToPayer).toBe('one item was missing');
    const { result: whole } = await orders.getOrder({ id });
    expect(whole.purchaseUnits?.[0]?.payments?.refunds).toHaveLength(1);
  });

  it('throws the SDK errors that the real API makes it throw', async () => {
    const orders = new OrdersController(clientFor(paypal.double));
    const { result } = await orders.createOrder({ body });
    const unapproved = await orders.captureOrder({ id: result.id ?? '' }).catch((error: unknown) => error);
    expect(unapproved).toBeInstanceOf(CustomError);
    expect(unapproved).toMatchObject({
      statusCode: 422,
      result: {
        name: 'UNPROCESSABLE_ENTITY',
        details: [{ issue: 'ORDER_NOT_APPROVED' }],
        debug_id: expect.any(String),
      },
    });
    const stranger = new OrdersController(clientFor(paypal.double, 'wrong'));
    const refused = await stranger.createOrder({ body }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ApiError);
    expect(refused).toMatchObject({ statusCode: 401 });
  });
});
