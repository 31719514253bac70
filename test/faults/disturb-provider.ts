import type { FaultRule } from '../../local/doubles/faults';
import type { Random } from '../../local/doubles/random';
import type { Tandem } from '../../local/tandem';
import type { Counters } from './counters';

type Action = FaultRule['action'];

const stripeCalls = ['/v1/payment_intents', '/v1/payment_intents/{id}', '/v1/refunds'];
const paypalCalls = [
  '/v1/oauth2/token',
  '/v2/checkout/orders',
  '/v2/checkout/orders/{id}',
  '/v2/checkout/orders/{id}/capture',
  '/v2/payments/captures/{id}/refund',
  '/v2/payments/captures/{id}',
];

const actions: readonly Action[] = [
  { status: 429, headers: { 'retry-after': '1' }, body: { error: { type: 'rate_limit_error' } } },
  { status: 429, body: { error: { type: 'rate_limit_error' } } },
  { status: 500 },
  { status: 500, afterActing: true },
  { status: 503, afterActing: true },
  { garbage: true },
  { garbage: true, afterActing: true },
  { html: true },
  { dropConnectionBefore: true },
  { dropConnectionAfter: true },
  { delayMs: 700 },
  { delayAfterMs: 1_500 },
  { redirectTo: 'http://169.254.169.254/latest/meta-data' },
];

/** A byte at a time: of a short answer, which is in time all the same. */
const drip: Action = { slowDripMs: 1 };
const shortAnswer = '/v1/oauth2/token';

/** This costs a call's whole time-out, so it is rare. */
const hang: Action = { hang: true, afterActing: true };

/** The next few calls of one endpoint go wrong in one way. */
export const disturbProvider = ({ doubles }: Tandem, random: Random, counters: Counters): void => {
  const isStripe = random.next() < 0.5;
  const paths = isStripe ? stripeCalls : paypalCalls;
  const chosen = actions[Math.floor(random.next() * actions.length)] ?? { status: 500 };
  const pathPattern = paths[Math.floor(random.next() * paths.length)] ?? '/v1/refunds';
  const action =
    random.next() < 0.02 ? hang : pathPattern === shortAnswer && random.next() < 0.2 ? drip : chosen;
  // Below the idempotency layer Stripe keeps its 500 and answers it again for the same key.
  const isStored = isStripe && 'status' in action && action.status === 500 && random.next() < 0.3;
  const rule: FaultRule = { pathPattern, times: 1 + Math.floor(random.next() * 2), action };
  const double = isStripe ? doubles.stripe : doubles.paypal;
  // One at a time: rules that pile up would end all business, and a provider that is simply away proves little.
  if (double === undefined || double.faults.list().length > 0) return;
  double.faults.add(isStored ? { ...rule, layer: 'endpoint' } : rule);
  counters.providerFaults += 1;
};
