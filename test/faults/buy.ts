import { approveAtPayPal, payWithStripe } from '../../local/demo/pay-as-payer';
import type { Tandem } from '../../local/tandem';
import type { Counters } from './counters';
import { disputePurchase } from './dispute-purchase';
import type { Answer, HonestClient } from './honest-client';
import type { OwnerDatabase } from './owner-database';
import type { PurchasePlan } from './plan-purchase';

export interface Shop {
  readonly tandem: Tandem;
  readonly db: OwnerDatabase;
  readonly client: HonestClient;
  readonly counters: Counters;
  readonly adminToken: string;
  readonly sweep: () => Promise<void>;
  /** How many refunds were asked for, by payment. */
  readonly refundsAsked: Map<string, number>;
}

interface Started {
  readonly id: string;
  readonly ref: string;
  readonly secret: string;
  readonly token: string;
}

const ranks: Readonly<Record<string, number>> = {
  canceled: 1,
  expired: 1,
  succeeded: 2,
  partially_refunded: 3,
  refunded: 4,
};

/** One customer from intent to refund, through the gateway and at the provider, retrying as an honest client does. */
export const buy = async (shop: Shop, plan: PurchasePlan, token: string): Promise<void> => {
  shop.counters.purchases += 1;
  const started = await start(shop, plan, token);
  if (started === null) {
    shop.counters.abandoned += 1;
    return;
  }
  await pay(shop, plan, started);
  await settle(shop, plan, started);
  const seen = await look(shop, started, 0);
  await repeatFacts(shop, plan, started);
  await refund(shop, plan, started);
  await disputePurchase(shop, plan, started.id);
  // A bank that returns a refund or takes money back takes an outcome back, and rightly so.
  if (plan.payment !== 'bank returns refund' && plan.dispute === 'none') await look(shop, started, seen);
};

const start = async (shop: Shop, { provider, order, clicks }: PurchasePlan, token: string) => {
  const question = {
    method: 'POST',
    path: '/api/payments/create-intent',
    token,
    key: crypto.randomUUID(),
    body: { provider, ...order },
  } as const;
  const answers = await Promise.all(Array.from({ length: clicks }, () => shop.client.ask(question)));
  const made = answers.filter((answer): answer is Answer => answer?.status === 201);
  if (new Set(made.map(({ text }) => text)).size > 1) shop.counters.unequalRepeats += 1;
  const body = made[0]?.body;
  const ref = body?.payment_intent_id ?? body?.order_id;
  if (body?.payment === undefined || ref === undefined) return null;
  return { id: body.payment.id, ref, secret: body.client_secret ?? '', token };
};

const pay = async (shop: Shop, plan: PurchasePlan, { ref, secret }: Started): Promise<void> => {
  const { stripe, paypal } = shop.tandem.doubles;
  if (stripe === undefined || paypal === undefined || plan.payment === 'walks away') return;
  if (plan.provider === 'paypal') {
    // PayPal has no cancellation: a payer who cancels just never comes back.
    if (plan.payment === 'declined' || plan.payment === 'canceled') return;
    await approveAtPayPal(paypal.url, ref);
    return;
  }
  const card = (name: string) =>
    payWithStripe(stripe.url, stripe.publishableKey, secret, name).catch(() => undefined);
  if (plan.payment.startsWith('declined')) await card('pm_card_visa_chargeDeclined');
  if (plan.payment === 'declined') return;
  if (plan.payment === 'canceled') {
    await fetch(`${stripe.url}/v1/payment_intents/${ref}/cancel`, {
      method: 'POST',
      headers: { authorization: `Bearer ${stripe.secretKey}` },
    });
    return;
  }
  if (plan.payment === 'bank returns refund') await card('pm_card_refundFail');
  else if (plan.payment === 'slow refund') await card('pm_card_pendingRefund');
  else await card('pm_card_visa');
};

const settle = async (shop: Shop, plan: PurchasePlan, { ref, token }: Started): Promise<void> => {
  const confirm = () =>
    shop.client.ask(
      {
        method: 'POST',
        path: `/api/payments/confirm-${plan.provider}`,
        token,
        body: plan.provider === 'stripe' ? { payment_intent_id: ref } : { order_id: ref },
      },
      6,
    );
  const together = Array.from(
    { length: plan.isRace ? Math.max(2, plan.confirmations) : plan.confirmations },
    confirm,
  );
  if (plan.isRace) {
    shop.counters.races += 1;
    await Promise.all([...together, shop.sweep(), repeatFacts(shop, { ...plan, otherEventIds: 1 }, { ref })]);
  } else {
    await Promise.all(together);
  }
};

/** The same facts under event ids of their own, as both providers say may happen. */
const repeatFacts = async (
  { tandem }: Shop,
  { provider, otherEventIds, payment }: PurchasePlan,
  { ref }: Pick<Started, 'ref'>,
): Promise<void> => {
  if (provider !== 'stripe' || otherEventIds === 0) return;
  const paid = payment !== 'declined' && payment !== 'canceled' && payment !== 'walks away';
  const type = paid ? 'payment_intent.succeeded' : 'payment_intent.created';
  for (let times = 0; times < otherEventIds; times += 1) {
    await fetch(`${tandem.doubles.stripe?.url}/_control/stripe/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ type, object: ref }),
    });
  }
};

const refund = async (shop: Shop, plan: PurchasePlan, { id, token }: Started): Promise<void> => {
  for (const percent of plan.refunds) {
    const captured = await waitForMoney(shop, id, token);
    if (captured === 0) return;
    const amount = Math.max(1, Math.floor((captured * percent) / 100));
    shop.refundsAsked.set(id, (shop.refundsAsked.get(id) ?? 0) + 1);
    await shop.client.ask({
      method: 'POST',
      path: `/api/payments/${id}/refund`,
      token: shop.adminToken,
      key: crypto.randomUUID(),
      body: percent === 100 ? {} : { amount },
    });
  }
};

/** @returns what was captured, once it was; 0 when it was not in time */
const waitForMoney = async (shop: Shop, id: string, token: string): Promise<number> => {
  for (let tries = 0; tries < 10; tries += 1) {
    const answer = await shop.client.once({ method: 'GET', path: `/api/payments/history/${id}`, token });
    const captured = answer?.body.payment?.captured_amount ?? 0;
    if (captured > 0) return captured;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  return 0;
};

/** Looks at the payment as its user does, and notes a status that went down since. */
const look = async ({ client, counters }: Shop, { id, token }: Started, before: number): Promise<number> => {
  const answer = await client.once({ method: 'GET', path: `/api/payments/history/${id}`, token });
  const payment = answer?.body.payment;
  if (payment === undefined) return before;
  const rank = ranks[payment.status] ?? 0;
  if (rank < before)
    counters.clientRegressions.push(`payment ${id}: seen at rank ${before}, then ${payment.status}`);
  return rank;
};
