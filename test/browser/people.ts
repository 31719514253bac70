import { makeApi } from '../../local/demo/api-client';
import { payWithStripe } from '../../local/demo/pay-as-payer';
import type { Tandem } from '../../local/tandem';

/** Somebody with an account. */
export interface Account {
  readonly id: string;
  readonly email: string;
  readonly password: string;
  /** Buys with a card, through the API and at Stripe; gives the payment's id. */
  readonly buy: () => Promise<string>;
}

/** Signs somebody new up through the product's API. */
export const signUp = async (tandem: Tandem, name: string): Promise<Account> => {
  const { urls } = tandem.info;
  let token: string | undefined;
  const api = makeApi(urls.api ?? '', () => token);
  const [email, password] = [
    `${name}-${crypto.randomUUID().slice(0, 8)}@example.com`,
    'correct horse battery',
  ];
  const { user } = await api('POST', '/api/auth/signup', { email, password, name });
  token = user.token;
  return {
    id: user.id,
    email,
    password,
    buy: async () => {
      const key = { 'idempotency-key': crypto.randomUUID() };
      const created = await api(
        'POST',
        '/api/payments/create-intent',
        { provider: 'stripe', price: 'pro' },
        key,
      );
      await payCard(tandem, created.client_secret);
      const body = { payment_intent_id: created.payment_intent_id };
      return (await api('POST', '/api/payments/confirm-stripe', body)).payment.id;
    },
  };
};

/** What stripe.js does in the payer's browser with the card 4242. */
export const payCard = ({ info }: Tandem, clientSecret: string): Promise<string> =>
  payWithStripe(info.urls.stripe ?? '', info.keys.stripePublishable ?? '', clientSecret, 'pm_card_visa');
