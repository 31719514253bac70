import type { FaultRule } from '../../local/doubles/faults';
import type { Random } from '../../local/doubles/random';
import type { Tandem } from '../../local/tandem';
import type { Counters } from './counters';

/** Event types whose loss the sweep makes good; a provider repeats the others until they arrive. */
const LOSABLE = [
  'payment_intent.*',
  'charge.succeeded',
  'charge.updated',
  'PAYMENT.CAPTURE.COMPLETED',
  'CHECKOUT.*',
];

/** Ways deliveries go wrong, a phase each. All of them repeat; one loses, one shuffles, one delays. */
export const disturbDeliveries = ({ doubles }: Tandem, random: Random): void => {
  const seed = Math.floor(random.next() * 2 ** 31);
  const copies = 2 + Math.floor(random.next() * 4);
  const rules = [
    { copies, reorder: { windowMs: 400, seed } },
    { copies, delayMs: 50 + Math.floor(random.next() * 2_000) },
    { copies, types: LOSABLE, dropProbability: 0.3 + random.next() * 0.7, seed },
    { copies },
  ][Math.floor(random.next() * 4)];
  doubles.stripe?.deliveries.setRules(rules ?? {});
  doubles.paypal?.deliveries.setRules(rules ?? {});
};

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

/** The next few calls of one endpoint go wrong in one way. */
export const disturbProvider = ({ doubles }: Tandem, random: Random, counters: Counters): void => {
  const isStripe = random.next() < 0.5;
  const paths = isStripe ? stripeCalls : paypalCalls;
  // A hang costs a call's whole time-out, so it is rare.
  const chosen = actions[Math.floor(random.next() * actions.length)] ?? { status: 500 };
  const action: Action = random.next() < 0.02 ? { hang: true, afterActing: true } : chosen;
  const pathPattern = paths[Math.floor(random.next() * paths.length)] ?? '/v1/refunds';
  // Below the idempotency layer Stripe keeps its 500 and answers it again for the same key.
  const isStored = isStripe && 'status' in action && action.status === 500 && random.next() < 0.3;
  const rule: FaultRule = { pathPattern, times: 1 + Math.floor(random.next() * 2), action };
  const double = isStripe ? doubles.stripe : doubles.paypal;
  // One at a time: rules that pile up would end all business, and a provider that is simply away proves little.
  if (double === undefined || double.faults.list().length > 0) return;
  double.faults.add(isStored ? { ...rule, layer: 'endpoint' } : rule);
  counters.providerFaults += 1;
};

/** The queue answers 503, gives messages twice and in any order, or lets their hiding time pass, for a moment. */
export const disturbQueue = ({ queue }: Tandem, random: Random, counters: Counters): void => {
  if (queue === undefined) return;
  counters.queueTroubles += 1;
  const kind = Math.floor(random.next() * 4);
  if (kind === 0) queue.setTrouble({ fail: ['SendMessage'] });
  else if (kind === 1) queue.setTrouble({ fail: ['DeleteMessageBatch', 'ReceiveMessage'] });
  else if (kind === 2) queue.setTrouble({ duplicateNext: 5, shuffle: true });
  else queue.advance(181_000);
  setTimeout(() => queue.setTrouble({ fail: 'none' }), 600);
};

export const killPostgres = async ({ database }: Tandem, counters: Counters): Promise<void> => {
  if (database === undefined) return;
  await database.kill();
  counters.postgresKills += 1;
  await new Promise((resolve) => setTimeout(resolve, 300));
  await database.restart();
};
