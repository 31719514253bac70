import { AppError } from '#shared/errors/app-error';
import type { Now } from '#shared/kernel/ids';
import type { Provider } from './domain/provider-scale';
import type { ReconcileEnv } from './env';
import type {
  ListProviderEvents,
  PaymentProviders,
  ProviderStatement,
  ReadProviderEvent,
  ReadStoredReport,
} from './ports';
import { type CallPayPal, callPayPal } from './providers/call-paypal';
import { callStripe } from './providers/call-stripe';
import { listPayPalEvents } from './providers/list-paypal-events';
import { listStripeEvents } from './providers/list-stripe-events';
import { type PayPalPayments, paypalPayments } from './providers/paypal-payments';
import { paypalStatement } from './providers/paypal-statement';
import { readPayPalEvent } from './providers/read-paypal-event';
import { readStoredReport } from './providers/read-stored-report';
import { readStripeEvent } from './providers/read-stripe-event';
import { rememberAnswers } from './providers/remember-answers';
import { stripePayments } from './providers/stripe-payments';
import { stripeStatement } from './providers/stripe-statement';

export interface WiredProviders {
  readonly providers: PaymentProviders;
  readonly read: ReadProviderEvent;
  readonly readStored: ReadStoredReport;
  readonly listEvents: Readonly<Record<Provider, ListProviderEvents>>;
  /** A reader for events that were listed together; see `rememberAnswers`. */
  readonly readTogether: (onCall: () => void) => ReadProviderEvent;
  readonly statements: Readonly<Record<Provider, ProviderStatement>>;
}

/**
 * The two providers behind their ports, from checked configuration. Connects to nobody; loads no SDK. One that is not set up is
 * there all the same: whatever is asked of it fails with `provider_not_configured`. `newestEnv` gives the configuration as
 * it is when a provider refuses our credentials.
 */
export const wireProviders = (
  env: ProviderEnv,
  now: Now,
  newestEnv: () => Promise<ProviderEnv> = async () => env,
): WiredProviders => {
  const [askStripe, askPayPal] = [connectStripe(env, newestEnv), connectPayPal(env, newestEnv)];
  const stripe = stripePayments({ now }, askStripe ?? refuse);
  const paypal = paypalPayments({ siteUrl: env.SITE_URL, now }, askPayPal ?? refuse);
  return {
    providers: {
      stripe: { ...stripe, isConfigured: askStripe !== null },
      paypal: { ...paypal, isConfigured: askPayPal !== null },
    },
    read: readWith(paypal),
    readStored: readStoredReport,
    listEvents: {
      stripe: listStripeEvents(askStripe ?? refuse, env.PROVIDER_MODE),
      paypal: listPayPalEvents(askPayPal ?? refuse),
    },
    readTogether: (onCall) => readWith(rememberAnswers(paypal, onCall)),
    statements: {
      stripe: stripeStatement(askStripe ?? refuse),
      paypal: paypalStatement(askPayPal ?? refuse),
    },
  };
};

type ProviderEnv = Omit<ReconcileEnv, 'DATABASE_URL' | 'DATABASE_CA'>;

type NewestEnv = () => Promise<ProviderEnv>;

const connectStripe = (
  { STRIPE_SECRET_KEY: secretKey, STRIPE_API_BASE: apiBase }: ProviderEnv,
  newestEnv: NewestEnv,
) => {
  if (secretKey === undefined) return null;
  const newestKey = async () => (await newestEnv()).STRIPE_SECRET_KEY ?? secretKey;
  return callStripe({ secretKey, apiBase, newestKey });
};

const connectPayPal = (env: ProviderEnv, newestEnv: NewestEnv): CallPayPal | null => {
  const { PAYPAL_CLIENT_ID: clientId, PAYPAL_CLIENT_SECRET: clientSecret, PAYPAL_API_BASE: apiBase } = env;
  if (clientId === undefined || clientSecret === undefined) return null;
  const newestCredentials = async () => {
    const newest = await newestEnv();
    return {
      clientId: newest.PAYPAL_CLIENT_ID ?? clientId,
      clientSecret: newest.PAYPAL_CLIENT_SECRET ?? clientSecret,
    };
  };
  return callPayPal({ clientId, clientSecret, apiBase, mode: env.PROVIDER_MODE, newestCredentials });
};

const refuse = async (): Promise<never> => {
  throw new AppError('provider_not_configured');
};

const readWith =
  (paypal: PayPalPayments): ReadProviderEvent =>
  async ({ provider, body }) =>
    provider === 'stripe'
      ? { reading: readStripeEvent(body), observation: null }
      : readPayPalEvent(paypal, body);
