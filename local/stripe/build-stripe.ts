import type { WebhookEndpoint } from '../doubles/delivery-types';
import { headerOf } from '../doubles/http-messages';
import type { DoubleBody, DoubleParts } from '../doubles/start-double';
import { authenticationPage } from './authentication-page';
import { balanceTransactionRoutes } from './balance-transaction-routes';
import { chargeRoutes } from './charges/charge-routes';
import { stripeControlRoutes } from './control-routes';
import { createWorld, type WorldOptions } from './create-world';
import { customerRoutes } from './customers/customer-routes';
import { disputeRoutes } from './disputes/dispute-routes';
import { eventRoutes } from './events/event-routes';
import { parseForm } from './form';
import { createIdempotencyLayer } from './idempotency';
import { paymentIntentRoutes } from './payment-intents/payment-intent-routes';
import { paymentMethodRoutes } from './payment-methods/payment-method-routes';
import { payoutRoutes } from './payouts/payout-routes';
import { productRoutes } from './product-routes';
import { refundRoutes } from './refunds/refund-routes';
import { refuse } from './refuse';
import { preflightReply } from './replies';
import { serveRoute } from './serve-call';
import { clearStore, restoreStore, snapshotStore } from './store';
import { webhookEndpointRoutes } from './webhook-endpoint-routes';
import type { World } from './world';

interface SavedStripe {
  store: Record<string, never[]>;
  endpoints: WebhookEndpoint[];
}

/** Puts Stripe's resources together into a double. */
export function buildStripe(parts: DoubleParts, options: WorldOptions): { body: DoubleBody; world: World } {
  const { deliveries, changed, clock } = parts;
  const { world, setCurrentRequest, setEmitting, armJobs } = createWorld(parts, options);
  const idempotency = createIdempotencyLayer(world.store.idempotentAnswers, clock.now);
  const server = { world, idempotency, setCurrentRequest, changed };
  const resources = [
    ...paymentIntentRoutes(world),
    ...chargeRoutes(world),
    ...refundRoutes(world),
    ...customerRoutes(world),
    ...paymentMethodRoutes(world),
    ...balanceTransactionRoutes(world),
    ...disputeRoutes(world),
    ...payoutRoutes(world),
    ...eventRoutes(world, deliveries),
    ...webhookEndpointRoutes(world, deliveries),
    ...productRoutes(world),
  ];

  const body: DoubleBody = {
    routes: [
      ...resources.map((route) => serveRoute(server, route)),
      { method: 'OPTIONS', pattern: '/v1/*', handle: () => preflightReply },
      ...authenticationPage(world),
      ...stripeControlRoutes(world, deliveries, setEmitting),
    ],
    refuse,
    ledger: () => world.store.ledger.all(),
    describe: (request) => ({
      body:
        parseForm(request.method === 'POST' ? request.rawBody.toString('utf8') : request.rawQuery) ?? null,
      idempotencyKey: headerOf(request, 'idempotency-key') ?? null,
    }),
    snapshot: (): SavedStripe => ({
      store: snapshotStore(world.store) as SavedStripe['store'],
      endpoints: deliveries.endpoints(),
    }),
    restore(state) {
      const saved = state as SavedStripe;
      const started = world.store.webhookEndpoints.all();
      restoreStore(world.store, saved.store);
      for (const endpoint of started) world.store.webhookEndpoints.put(endpoint);
      const known = new Set(deliveries.endpoints().map((one) => one.id));
      for (const endpoint of saved.endpoints) if (!known.has(endpoint.id)) deliveries.addEndpoint(endpoint);
    },
    started: armJobs,
    reset() {
      clearStore(world.store, ['webhookEndpoints']);
      setEmitting(true);
    },
  };
  return { body, world };
}
