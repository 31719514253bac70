import { X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { AppError } from '#shared/errors/app-error';
import type { HttpService } from '#shared/http/http-handler';
import type { Now } from '#shared/kernel/ids';
import { oncePer } from '#shared/kernel/once-per';
import type { Log } from '#shared/observability/logger';
import { parsePayPalEvent } from '#shared/provider-events/parse-paypal-event';
import { parseStripeEvent } from '#shared/provider-events/parse-stripe-event';
import { webhookContract } from './contract';
import { PAYPAL_CERT_ORIGINS } from './domain/paypal-cert-url';
import { readPayPalTransmission } from './domain/paypal-transmission';
import type { WebhookEnv } from './env';
import { receiveChange } from './handlers/receive-change';
import { receiveEvent } from './handlers/receive-event';
import type { ChangeQueue, EventQueue, SignatureVerifier } from './ports';
import { fetchPem } from './providers/fetch-pem';
import { cachedSigningKeys } from './providers/paypal-certificates';
import { readPemCertificates } from './providers/paypal-chain';
import { payPalSignatureVerifier } from './providers/paypal-signature';
import { standardSignatureVerifier } from './providers/standard-signature';
import { stripeSignatureVerifier } from './providers/stripe-signature';
import type { EventSource } from './use-cases/accept-event';

export interface WebhookParts {
  /** The configuration as it is now: the same object until a secret of it changes. */
  readonly currentEnv: () => Promise<WebhookEnv>;
  readonly enqueue: EventQueue;
  readonly enqueueChange: ChangeQueue;
  readonly now: Now;
  readonly log: Pick<Log, 'info'>;
}

/** Puts the service together from checked configuration, its queues and a clock. */
export const wireService = ({
  currentEnv,
  enqueue,
  enqueueChange,
  now,
  log,
}: WebhookParts): HttpService<typeof webhookContract> => {
  const receivers = oncePer((env: WebhookEnv) => ({
    stripe: receiveEvent({ source: stripeSource(env), enqueue, now, log }),
    paypal: receiveEvent({ source: payPalSource(env, now), enqueue, now, log }),
    change: receiveChange({ verify: changeVerifier(env), enqueue: enqueueChange, now, log }),
  }));
  return {
    contract: webhookContract,
    handlers: {
      receiveStripe: async (request) => receivers(await currentEnv()).stripe(request),
      receivePayPal: async (request) => receivers(await currentEnv()).paypal(request),
      receiveChange: async (request) => receivers(await currentEnv()).change(request),
    },
    // Providers prove themselves by signature; no browser calls us.
    authenticate: async () => null,
    allowedOrigins: [],
  };
};

const stripeSource = (env: WebhookEnv): EventSource => ({
  provider: 'stripe',
  mode: env.PROVIDER_MODE,
  verify:
    env.STRIPE_WEBHOOK_SECRETS === undefined ? refuse : stripeSignatureVerifier(env.STRIPE_WEBHOOK_SECRETS),
  parse: ({ body }) =>
    parseStripeEvent(body, { mode: env.PROVIDER_MODE, account: env.STRIPE_ACCOUNT ?? null }),
});

const payPalSource = (env: WebhookEnv, now: Now): EventSource => ({
  provider: 'paypal',
  mode: env.PROVIDER_MODE,
  verify:
    env.PAYPAL_WEBHOOK_ID === undefined
      ? refuse
      : payPalSignatureVerifier({
          webhookIds: env.PAYPAL_WEBHOOK_ID,
          certOrigins: env.PAYPAL_CERT_ORIGINS ?? PAYPAL_CERT_ORIGINS[env.PROVIDER_MODE],
          signingKeys: cachedSigningKeys({ fetchPem, trustRoots: () => trustRoots(env), now }),
        }),
  parse: ({ body, headers }) => parsePayPalEvent(body, readPayPalTransmission(headers).id),
});

const changeVerifier = ({ CHANGE_WEBHOOK_SECRETS: secrets }: WebhookEnv): SignatureVerifier =>
  secrets === undefined ? refuse : standardSignatureVerifier(secrets);

/** Nobody can prove to be a provider that is not set up here. */
const refuse: SignatureVerifier = async () => {
  throw new AppError('provider_not_configured');
};

const trustRoots = ({ PAYPAL_TRUST_ROOTS: pem }: WebhookEnv): readonly X509Certificate[] =>
  pem === undefined ? rootCertificates.map((root) => new X509Certificate(root)) : readPemCertificates(pem);
