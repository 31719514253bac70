import { randomUUID } from 'node:crypto';
import type { RunInfo } from '../state/run-file';
import { formatAmount, makeApi, type Payment } from './api-client';
import { approveAtPayPal, payWithStripe } from './pay-as-payer';

/** Shows one step: what was done and what came of it. */
export type ShowStep = (what: string, result: string) => void;

/**
 * Signs a new user up and buys with each provider, through the gateway alone.
 *
 * @returns the user's history at the end, newest first
 * @throws Error when a step fails
 */
export async function walkPurchases({ urls, keys }: RunInfo, show: ShowStep): Promise<Payment[]> {
  if (!urls.stripe || !urls.paypal || !keys.stripePublishable) {
    throw new Error(
      'The demo pays at the doubles; they are replaced by real providers here (see .env.example).',
    );
  }
  let token: string | undefined;
  const api = makeApi(urls.api ?? '', () => token);

  const email = `ada-${randomUUID().slice(0, 8)}@tandem.test`;
  const { user } = await api('POST', '/api/auth/signup', { email, password: 'tandem-demo-1', name: 'Ada' });
  token = user.token;
  show('POST /api/auth/signup', user.email);

  const { prices } = await api('GET', '/api/payments/prices');
  for (const { id, name, amount, currency } of prices) {
    show(
      id,
      `${name}, ${amount === null ? `an amount of your choice in ${currency}` : formatAmount(amount, currency)}`,
    );
  }

  const createIntent = (provider: string, price: string) =>
    api('POST', '/api/payments/create-intent', { provider, price }, { 'idempotency-key': randomUUID() });

  const card = await createIntent('stripe', 'pro');
  show('POST /api/payments/create-intent', `Stripe ${card.payment_intent_id}`);
  const intentStatus = await payWithStripe(
    urls.stripe,
    keys.stripePublishable,
    card.client_secret,
    'pm_card_visa',
  );
  show('card 4242 4242 4242 4242 at Stripe', intentStatus);
  const paidByCard = await api('POST', '/api/payments/confirm-stripe', {
    payment_intent_id: card.payment_intent_id,
  });
  show('POST /api/payments/confirm-stripe', paidByCard.payment.status);

  const order = await createIntent('paypal', 'team');
  show('POST /api/payments/create-intent', `PayPal ${order.order_id}`);
  show('approval at PayPal', await approveAtPayPal(urls.paypal, order.order_id));
  const paidByPayPal = await api('POST', '/api/payments/confirm-paypal', { order_id: order.order_id });
  show('POST /api/payments/confirm-paypal', paidByPayPal.payment.status);

  const { data } = await api('GET', '/api/payments/history/');
  show('GET /api/payments/history/', `${data.length} payments`);
  return data;
}
