import { approveAtPayPal } from '../../local/demo/pay-as-payer';
import type { Shop } from './buy';
import type { OwnerDatabase } from './owner-database';
import type { Strikes } from './strike-functions';

/**
 * Leaves calls behind whose outcome nobody knows: the process dies right after it made them, no client asks again, and no event
 * arrives. Whether they were done must be found out after their keys have died, and not by doing them again.
 *
 * @param times of each kind: create, capture and refund
 */
export const abandonCalls = async (
  shop: Shop,
  striking: Strikes,
  db: OwnerDatabase,
  token: string,
  times: number,
): Promise<void> => {
  const { tandem } = shop;
  const loseAll = { dropProbability: 1 };
  tandem.doubles.stripe?.deliveries.setRules(loseAll);
  tandem.doubles.paypal?.deliveries.setRules(loseAll);
  for (let time = 0; time < times; time += 1) {
    striking.killNext('payment: after-send create at Stripe');
    await shop.client.once(create('stripe', token));
    striking.killNext('payment: after-send create at PayPal');
    await shop.client.once(create('paypal', token));
    await abandonCapture(shop, striking, token);
  }
  const kill = (at: string) => () => striking.killNext(`payment: after-send refund at ${at}`);
  await abandonRefunds(shop, db, 'stripe', kill('Stripe'), times);
  await abandonRefunds(shop, db, 'paypal', kill('PayPal'), times);
  tandem.doubles.stripe?.deliveries.setRules({});
  tandem.doubles.paypal?.deliveries.setRules({});
};

const create = (provider: 'stripe' | 'paypal', token: string) =>
  ({
    method: 'POST',
    path: '/api/payments/create-intent',
    token,
    key: crypto.randomUUID(),
    body: { provider, price: 'pro' },
  }) as const;

const abandonCapture = async ({ tandem, client }: Shop, striking: Strikes, token: string): Promise<void> => {
  const orderId = (await client.ask(create('paypal', token)))?.body.order_id;
  if (orderId === undefined || tandem.doubles.paypal === undefined) return;
  await approveAtPayPal(tandem.doubles.paypal.url, orderId);
  striking.killNext('payment: after-send capture at PayPal');
  await client.once({
    method: 'POST',
    path: '/api/payments/confirm-paypal',
    token,
    body: { order_id: orderId },
  });
};

const abandonRefunds = async (
  { client, adminToken, refundsAsked }: Shop,
  db: OwnerDatabase,
  provider: 'stripe' | 'paypal',
  kill: () => void,
  times: number,
): Promise<void> => {
  const paid = await db.query<{ readonly id: string }>(
    `select id from public.payments where provider = $1 and status = 'succeeded' order by id limit $2::int`,
    [provider, times],
  );
  for (const { id } of paid) {
    kill();
    refundsAsked.set(id, (refundsAsked.get(id) ?? 0) + 1);
    await client.once({
      method: 'POST',
      path: `/api/payments/${id}/refund`,
      token: adminToken,
      key: crypto.randomUUID(),
      body: { amount: 1 },
    });
  }
};
