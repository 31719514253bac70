import type { Now } from '#shared/kernel/ids';
import type { Provider } from './domain/provider-scale';
import type { ReconcileEnv } from './env';
import type { ListProviderEvents, PaymentProviders, ProviderStatement, ReadProviderEvent } from './ports';
import { callPayPal } from './providers/call-paypal';
import { callStripe } from './providers/call-stripe';
import { listPayPalEvents } from './providers/list-paypal-events';
import { listStripeEvents } from './providers/list-stripe-events';
import { type PayPalPayments, paypalPayments } from './providers/paypal-payments';
import { paypalStatement } from './providers/paypal-statement';
import { readPayPalEvent } from './providers/read-paypal-event';
import { readStripeEvent } from './providers/read-stripe-event';
import { rememberAnswers } from './providers/remember-answers';
import { stripePayments } from './providers/stripe-payments';
import { stripeStatement } from './providers/stripe-statement';

export interface WiredProviders {
  readonly providers: PaymentProviders;
  readonly read: ReadProviderEvent;
  readonly listEvents: Readonly<Record<Provider, ListProviderEvents>>;
  /** A reader for events that were listed together; see `rememberAnswers`. */
  readonly readTogether: (onCall: () => void) => ReadProviderEvent;
  readonly statements: Readonly<Record<Provider, ProviderStatement>>;
}

/** The two providers behind their ports, from checked configuration. Connects to nobody; loads no SDK. */
export const wireProviders = (env: Omit<ReconcileEnv, 'DATABASE_URL'>, now: Now): WiredProviders => {
  const stripeOptions = { secretKey: env.STRIPE_SECRET_KEY, apiBase: env.STRIPE_API_BASE, now };
  const paypalOptions = {
    clientId: env.PAYPAL_CLIENT_ID,
    clientSecret: env.PAYPAL_CLIENT_SECRET,
    apiBase: env.PAYPAL_API_BASE,
    mode: env.PROVIDER_MODE,
    siteUrl: env.SITE_URL,
    now,
  };
  const [askStripe, askPayPal] = [callStripe(stripeOptions), callPayPal(paypalOptions)];
  const paypal = paypalPayments(paypalOptions, askPayPal);
  return {
    providers: { stripe: stripePayments(stripeOptions, askStripe), paypal },
    read: readWith(paypal),
    listEvents: {
      stripe: listStripeEvents(askStripe, env.PROVIDER_MODE),
      paypal: listPayPalEvents(askPayPal),
    },
    readTogether: (onCall) => readWith(rememberAnswers(paypal, onCall)),
    statements: { stripe: stripeStatement(askStripe), paypal: paypalStatement(askPayPal) },
  };
};

const readWith =
  (paypal: PayPalPayments): ReadProviderEvent =>
  async ({ provider, body }) =>
    provider === 'stripe'
      ? { reading: readStripeEvent(body), observation: null }
      : readPayPalEvent(paypal, body);
