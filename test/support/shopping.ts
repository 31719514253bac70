import type { Answer, PaymentTest } from './payment-service';
import { type SignedInUser, signIn } from './sign-in';

export type ProviderName = 'stripe' | 'paypal';

/** What a client can do with the payment API, in short. */
export interface Shopper extends SignedInUser {
  readonly create: (provider: ProviderName, more?: object, key?: string) => Promise<Answer>;
  readonly confirm: (provider: ProviderName, ref: string) => Promise<Answer>;
  readonly history: (path?: string, query?: Record<string, string>) => Promise<Answer>;
  readonly refund: (paymentId: string, body?: object, key?: string) => Promise<Answer>;
  readonly cancel: (paymentId: string, key?: string) => Promise<Answer>;
  /** A payment that the payer has agreed to, not confirmed; with its id and the provider's. */
  readonly agreed: (provider: ProviderName, more?: object) => Promise<{ id: string; ref: string }>;
  /** A payment that is settled. */
  readonly bought: (provider: ProviderName, more?: object) => Promise<{ id: string; ref: string }>;
}

const withKey = (key: string | undefined): Record<string, string> =>
  key === undefined ? {} : { 'Idempotency-Key': key };

export const newShopper = async (
  test: PaymentTest,
  role: 'user' | 'support' | 'admin' = 'user',
): Promise<Shopper> => {
  const user = await signIn(test.admin, role);
  const post = (path: string, body: unknown, key?: string): Promise<Answer> =>
    test.send({ path: `/api/payments/${path}`, body, headers: { ...user.headers, ...withKey(key) } });

  const shopper: Shopper = {
    ...user,
    create: (provider, more = {}, key) => post('create-intent', { provider, price: 'pro', ...more }, key),
    confirm: (provider, ref) =>
      post(`confirm-${provider}`, provider === 'stripe' ? { payment_intent_id: ref } : { order_id: ref }),
    history: (path = '', query = {}) =>
      test.send({ path: `/api/payments/history${path}`, headers: user.headers, query }),
    refund: (paymentId, body = {}, key) => post(`${paymentId}/refund`, body, key),
    cancel: (paymentId, key) => post(`${paymentId}/cancel`, {}, key),
    agreed: async (provider, more) => {
      const { body } = await shopper.create(provider, more);
      const { id, provider_ref: ref } = body.payment;
      test[provider].payerAgrees(ref);
      return { id, ref };
    },
    bought: async (provider, more) => {
      const purchase = await shopper.agreed(provider, more);
      const { body } = await shopper.confirm(provider, purchase.ref);
      if (body.payment?.status !== 'succeeded') throw new Error(`not bought: ${JSON.stringify(body)}`);
      return purchase;
    },
  };
  return shopper;
};
