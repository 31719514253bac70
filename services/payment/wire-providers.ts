import type { Now } from '#shared/kernel/ids';
import type { ReconcileEnv } from './env';
import type { PaymentProviders, ReadProviderEvent } from './ports';
import { paypalPayments } from './providers/paypal-payments';
import { readPayPalEvent } from './providers/read-paypal-event';
import { readStripeEvent } from './providers/read-stripe-event';
import { stripePayments } from './providers/stripe-payments';

/** The two providers behind their ports, from checked configuration. Connects to nobody; loads no SDK. */
export const wireProviders = (
  env: Omit<ReconcileEnv, 'DATABASE_URL'>,
  now: Now,
): { readonly providers: PaymentProviders; readonly read: ReadProviderEvent } => {
  const stripe = stripePayments({ secretKey: env.STRIPE_SECRET_KEY, apiBase: env.STRIPE_API_BASE, now });
  const paypal = paypalPayments({
    clientId: env.PAYPAL_CLIENT_ID,
    clientSecret: env.PAYPAL_CLIENT_SECRET,
    apiBase: env.PAYPAL_API_BASE,
    mode: env.PROVIDER_MODE,
    siteUrl: env.SITE_URL,
    now,
  });
  return {
    providers: { stripe, paypal },
    read: async ({ provider, body }) =>
      provider === 'stripe'
        ? { reading: readStripeEvent(body), observation: null }
        : readPayPalEvent(paypal, body),
  };
};
