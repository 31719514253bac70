import { randomUUID } from 'node:crypto';
import type { RunInfo } from '../state/run-file';
import { formatAmount, makeApi, type Payment } from './api-client';
import { approveAtPayPal, payWithStripe } from './pay-as-payer';
import { type LiveChange, watchLive } from './watch-live';

/** Shows one step: what was done and what came of it. */
export type ShowStep = (what: string, result: string) => void;

/**
 * Signs a new user up and buys with each provider, through the gateway alone, while a client of the user's watches live.
 *
 * @returns the user's history at the end, newest first
 * @throws Error when a step fails
 */
export async function walkPurchases(info: RunInfo, show: ShowStep): Promise<Payment[]> {
  const { urls, keys } = info;
  const { stripe, paypal } = urls;
  const { stripePublishable } = keys;
  if (!stripe || !paypal || !stripePublishable) {
    throw new Error(
      'The demo pays at the doubles; they are replaced by real providers here (see .env.example).',
    );
  }
  let token: string | undefined;
  const api = makeApi(urls.api ?? '', () => token);

  const email = `ada-${randomUUID().slice(0, 8)}@tandem.test`;
  const { user, supabase_session: session } = await api('POST', '/api/auth/signup', {
    email,
    password: 'tandem-demo-1',
    name: 'Ada',
  });
  token = user.token;
  show('POST /api/auth/signup', user.email);

  const { prices } = await api('GET', '/api/payments/prices');
  for (const { id, name, amount, currency } of prices) {
    show(
      id,
      `${name}, ${amount === null ? `an amount of your choice in ${currency}` : formatAmount(amount, currency)}`,
    );
  }

  const live = await watchLive(info, session);
  show('supabase.channel(…).subscribe()', 'a client watches its payments');
  try {
    const createIntent = (provider: string, price: string) =>
      api('POST', '/api/payments/create-intent', { provider, price }, { 'idempotency-key': randomUUID() });
    const showArrival = async (paymentId: string, paidAt: number) =>
      show('  arrives live, as postgres_changes', describe(await live.until(paymentId, 'succeeded'), paidAt));

    const card = await createIntent('stripe', 'pro');
    show('POST /api/payments/create-intent', `Stripe ${card.payment_intent_id}`);
    const chargedAt = performance.now();
    const charged = await payWithStripe(stripe, stripePublishable, card.client_secret, 'pm_card_visa');
    show('card 4242 4242 4242 4242 at Stripe', charged);
    const paidByCard = await api('POST', '/api/payments/confirm-stripe', {
      payment_intent_id: card.payment_intent_id,
    });
    show('POST /api/payments/confirm-stripe', paidByCard.payment.status);
    await showArrival(paidByCard.payment.id, chargedAt);

    const order = await createIntent('paypal', 'team');
    show('POST /api/payments/create-intent', `PayPal ${order.order_id}`);
    const approvedAt = performance.now();
    show('approval at PayPal', await approveAtPayPal(paypal, order.order_id));
    const paidByPayPal = await api('POST', '/api/payments/confirm-paypal', { order_id: order.order_id });
    show('POST /api/payments/confirm-paypal', paidByPayPal.payment.status);
    await showArrival(paidByPayPal.payment.id, approvedAt);
  } finally {
    await live.close();
  }

  const { data } = await api('GET', '/api/payments/history/');
  show('GET /api/payments/history/', `${data.length} payments`);
  return data;
}

/** $19.99 succeeded, 12 ms after the commit, 230 ms after the payer paid */
function describe({ payment, arrivedAt, sinceCommitMs }: LiveChange, paidAt: number): string {
  const { amount_minor: amount, currency, status } = payment;
  const times = `${sinceCommitMs} ms after the commit, ${Math.round(arrivedAt - paidAt)} ms after the payer paid`;
  return `${formatAmount(amount, currency)} ${status}, ${times}`;
}
