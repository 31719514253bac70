import { dirname } from 'node:path';
import type { VirtualClock } from '../doubles/clock';
import type { DoubleLine } from '../doubles/double-line';
import { type HttpRequest, headerOf, readJsonBody } from '../doubles/http-messages';
import { type DoubleBody, type DoubleParts, type RunningDouble, startDouble } from '../doubles/start-double';
import { errorReply } from './api-reply';
import { createCertificateStore } from './certificate-store';
import { controlRoutes } from './control-routes';
import { createWorld } from './create-world';
import { watchAll } from './deadlines';
import { createDeliverySigner } from './delivery-signer';
import { disputeControlRoutes } from './dispute-control-routes';
import { disputeRoutes } from './dispute-routes';
import { decodeState, encodeState } from './encode-state';
import { forgeRoutes } from './forge-routes';
import { handleCall } from './handle-call';
import { notificationRoutes } from './notification-routes';
import { orderRoutes } from './order-routes';
import { paymentRoutes } from './payment-routes';
import { PayPalError } from './paypal-error';
import { loadPki } from './pki';
import { readLedger } from './read-ledger';
import { createRequestReplay } from './replay-request';
import { reportingRoutes } from './reporting-routes';
import { retryDelaysMs } from './retry-delays';
import { sandboxRoutes } from './sandbox-routes';
import { emptyState } from './state';
import { createTokens } from './token-routes';
import type { World } from './world';

export type PayPalDoubleOptions = {
  /** 0 = any free port. */
  port: number;
  /** Where webhooks go, each under its PayPal webhook id (part of what is signed). */
  webhooks: readonly PayPalWebhook[];
  clock?: VirtualClock;
  /** State survives restarts in this file; the certificates lie beside it in paypal-pki.json. */
  stateFile?: string;
  /** Makes ids repeatable. */
  seed?: number;
  onEvent?: (line: DoubleLine) => void;
};

export type PayPalWebhook = { url: string; id: string; eventTypes?: string[] };

export type PayPalDouble = Pick<
  RunningDouble,
  'clock' | 'faults' | 'deliveries' | 'calls' | 'reset' | 'close'
> & {
  /** API base, approval page and control API. */
  url: string;
  clientId: string;
  clientSecret: string;
  /** Id of the first webhook; what PAYPAL_WEBHOOK_ID has to be. */
  webhookId: string;
  /** The root that verifiers have to trust (PAYPAL_TRUST_ROOTS). */
  trustRootPem: string;
  /** Origin of PAYPAL-CERT-URL (PAYPAL_CERT_ORIGINS). */
  certOrigin: string;
  addWebhook: (webhook: PayPalWebhook) => void;
};

/** The REST app of the double. Fixed, so that a restart keeps them; they open nothing but this double. */
const credentials = { clientId: 'tandem-paypal-double', clientSecret: 'tandem-paypal-double-secret' };

/**
 * A stateful PayPal on 127.0.0.1: OAuth token, Orders v2, Payments v2, Customer Disputes v1, Webhooks Management v1,
 * Transaction Search v1, the page where a payer approves, really signed webhooks with retries, and the control API of all
 * doubles plus `controlRoutes` and `forgeRoutes`. Times of the API are on the double's clock; those of tokens and signatures
 * are real.
 */
export async function startPayPalDouble(options: PayPalDoubleOptions): Promise<PayPalDouble> {
  const pki = await loadPki(options.stateFile === undefined ? undefined : dirname(options.stateFile));
  let baseUrl = () => '';
  const certificates = createCertificateStore(pki, () => baseUrl());
  const signer = createDeliverySigner(pki, certificates.url);
  let world: World | undefined;

  const double = await startDouble({
    ...options,
    provider: 'paypal',
    retryDelaysMs,
    delivery: { sign: signer.sign, userAgent: 'PayPal/AUHD-214.0-58843484' },
    build(parts) {
      baseUrl = parts.url;
      world = createWorld(parts);
      return buildBody(world, parts);
    },
  });
  if (world !== undefined) watchAll(world);

  const addWebhook = ({ id, url, eventTypes = ['*'] }: PayPalWebhook) =>
    double.deliveries.addEndpoint({ id, url, secrets: [], enabledEvents: eventTypes });

  const { url, clock, faults, deliveries, calls, reset, close } = double;
  return {
    url,
    ...credentials,
    webhookId: options.webhooks[0]?.id ?? '',
    trustRootPem: pki.root.certPem,
    certOrigin: new URL(url).origin,
    clock,
    faults,
    deliveries,
    calls,
    reset,
    addWebhook,
    close,
  };

  function buildBody(world: World, parts: DoubleParts): DoubleBody {
    const { deliveries, random, changed } = parts;
    const { state } = world;
    const tokens = createTokens(state, credentials, () => `A21AA${random.text(92)}`);
    const replay = createRequestReplay(world);
    const newDebugId = () => random.text(13, '0123456789abcdef');
    for (const { id, url, eventTypes = ['*'] } of options.webhooks) {
      deliveries.addEndpoint({ id, url, secrets: [], enabledEvents: eventTypes });
    }
    const trust = () => ({
      trust_root_pem: pki.root.certPem,
      cert_origin: baseUrl(),
      cert_url: certificates.url(),
    });
    return {
      routes: [
        ...tokens.routes,
        ...orderRoutes(world, replay),
        ...paymentRoutes(world, replay),
        ...disputeRoutes(world),
        ...notificationRoutes(world, deliveries, () => ({
          url: certificates.url(),
          certPem: pki.leaf.certPem,
        })),
        ...reportingRoutes(world),
        ...certificates.routes,
        ...sandboxRoutes(world),
        ...controlRoutes(world, changed, trust),
        ...disputeControlRoutes(world, changed),
        ...forgeRoutes(world, deliveries, signer, certificates),
      ],
      around: (request, route) =>
        handleCall(request, route, { checkToken: tokens.check, newDebugId, changed }),
      refuse: (status: number) => errorReply(new PayPalError(status), newDebugId()),
      ledger: () => readLedger(state),
      describe: (request) => ({
        body: loggedBody(request),
        idempotencyKey: headerOf(request, 'paypal-request-id') ?? null,
      }),
      snapshot: () => encodeState(state),
      restore(saved: unknown) {
        Object.assign(state, decodeState(saved));
        for (const webhook of state.webhooks.values()) deliveries.addEndpoint(webhook);
      },
      reset() {
        const { webhooks, tokens: living } = state;
        Object.assign(state, emptyState(), { webhooks, tokens: living });
      },
    };
  }
}

/** A body for the call log: JSON where it is JSON, never the form that carries credentials. */
function loggedBody(request: HttpRequest): unknown {
  return request.path === '/v1/oauth2/token' ? null : (readJsonBody(request) ?? null);
}
