import { createHash } from 'node:crypto';
import type { CallLog } from '../doubles/call-log';
import type { VirtualClock } from '../doubles/clock';
import type { Deliveries } from '../doubles/deliveries';
import type { DoubleLine } from '../doubles/double-line';
import type { FaultRules } from '../doubles/faults';
import { type RunningDouble, startDouble } from '../doubles/start-double';
import { buildStripe } from './build-stripe';
import { defaultTimings } from './create-world';
import { flipLivemode, signWebhook } from './sign-webhook';
import { registerEndpoint } from './webhook-endpoint-routes';
import type { StripeTimings, World } from './world';

export interface StripeWebhook {
  url: string;
  /** `whsec_...`; several while a secret is being rolled. */
  secret: string | string[];
  /** Default: all. */
  enabledEvents?: string[];
}

export interface StripeDoubleOptions {
  /** 0 = any free port. */
  port: number;
  webhooks: StripeWebhook[];
  clock?: VirtualClock;
  /** Where state survives restarts; without it all is forgotten. */
  stateFile?: string;
  /** Version of events and of answers to calls that name none. */
  apiVersion?: string;
  /** Equal seeds give equal ids. */
  seed?: number;
  /** Objects and keys of live mode. Default false. */
  livemode?: boolean;
  timings?: Partial<StripeTimings>;
  /** Virtual waits between webhook attempts. */
  retryDelaysMs?: readonly number[];
  onEvent?: (line: DoubleLine) => void;
}

export interface StripeDouble {
  url: string;
  port: number;
  /** Keys to use; any other of the right form and mode works too. */
  secretKey: string;
  publishableKey: string;
  /** The (first) secret of the first webhook. */
  webhookSecret: string;
  clock: VirtualClock;
  deliveries: Deliveries;
  faults: FaultRules;
  calls: CallLog;
  ledger: RunningDouble['body']['ledger'];
  /** Sends all further events there too. Returns the endpoint's id. */
  addWebhook(webhook: StripeWebhook): string;
  reset(): void;
  close(): Promise<void>;
}

/** API version of the stripe package the product uses. */
const currentVersion = '2026-10-28.endive';

const minute = 60_000;
const hour = 60 * minute;
/** Exponential back-off over about three days; Stripe does not publish its intervals. */
const defaultRetryDelaysMs = [
  5_000,
  30_000,
  2 * minute,
  10 * minute,
  30 * minute,
  hour,
  2 * hour,
  4 * hour,
  8 * hour,
  12 * hour,
  20 * hour,
  24 * hour,
];

/** A Stripe that moves no money: the API at `<url>/v1`, webhooks signed for real, the control API at `<url>/_control`. */
export async function startStripeDouble(options: StripeDoubleOptions): Promise<StripeDouble> {
  const { livemode = false, apiVersion = currentVersion } = options;
  const timings = { ...defaultTimings, ...options.timings };
  let addWebhook: StripeDouble['addWebhook'] = () => {
    throw new Error('the double is not built yet');
  };
  const running = await startDouble({
    provider: 'stripe',
    port: options.port,
    clock: options.clock,
    seed: options.seed,
    stateFile: options.stateFile,
    onEvent: options.onEvent,
    retryDelaysMs: options.retryDelaysMs ?? defaultRetryDelaysMs,
    delivery: {
      sign: signWebhook,
      flipMode: flipLivemode,
      userAgent: 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
    },
    build(parts) {
      const { body, world } = buildStripe(parts, { apiVersion, livemode, timings });
      addWebhook = (webhook) => register(world, parts.deliveries, webhook);
      // Before saved state comes back, so that waiting deliveries find their endpoint.
      for (const webhook of options.webhooks) addWebhook(webhook);
      return body;
    },
  });
  const mode = livemode ? 'live' : 'test';
  return {
    url: running.url,
    port: running.port,
    secretKey: `sk_${mode}_tandem`,
    publishableKey: `pk_${mode}_tandem`,
    webhookSecret: [options.webhooks[0]?.secret ?? 'whsec_tandem'].flat()[0] ?? 'whsec_tandem',
    clock: running.clock,
    deliveries: running.deliveries,
    faults: running.faults,
    calls: running.calls,
    ledger: running.body.ledger,
    addWebhook,
    reset: running.reset,
    close: running.close,
  };
}

function register(world: World, deliveries: Deliveries, webhook: StripeWebhook): string {
  const id = endpointId(webhook.url);
  const secrets = [webhook.secret].flat();
  const enabledEvents = webhook.enabledEvents ?? ['*'];
  registerEndpoint(world, deliveries, { id, url: webhook.url, secrets, enabledEvents });
  return id;
}

/** The same address has the same id after a restart, so that waiting deliveries find it. */
function endpointId(url: string): string {
  const hash = createHash('sha256').update(url).digest('base64').replace(/[+/=]/g, '');
  return `we_${hash.slice(0, 24)}`;
}
