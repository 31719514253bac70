import * as z from 'zod/mini';
import type { Deliveries } from '../doubles/deliveries';
import { type HttpReply, jsonReply } from '../doubles/http-messages';
import type { Route } from '../doubles/route-table';
import { withBody } from '../doubles/with-body';
import { closeDispute, escalateDispute, offerAppeal, reviewDispute } from './disputes/close-dispute';
import { openDispute } from './disputes/open-dispute';
import { findObject } from './find-object';
import { authenticateIntent } from './payment-intents/confirm-intent';
import { settlePayout } from './payouts/settle-payout';
import { failRefund } from './refunds/settle-refund';
import { runJob } from './run-job';
import { StripeRefusal } from './stripe-error';
import type { World } from './world';

const text = z.string();
const outcomes = z.enum(['won', 'lost', 'warning_closed', 'prevented']);

/**
 * What the world around Stripe does, on top of the common control API (`controlRoutes`). Ids are Stripe's; the
 * answer is the object. 404 `{error}` for an unknown id, 409 when its state does not allow it.
 *
 * | Request | Does |
 * |---|---|
 * | POST /_control/stripe/payment_intents/{id}/authenticate `{outcome: succeed or fail}` | ends the 3-D Secure step |
 * | POST /_control/stripe/payment_intents/{id}/settle | a bank debit in `processing` settles (or fails) now |
 * | POST /_control/stripe/disputes `{charge, reason?, amount?, isInquiry?}` | the cardholder disputes a charge |
 * | POST /_control/stripe/disputes/{id}/review | evidence is under review |
 * | POST /_control/stripe/disputes/{id}/escalate | an inquiry becomes a dispute: now the money is taken |
 * | POST /_control/stripe/disputes/{id}/appeal | what the bank decided against us, or is about to, may be appealed |
 * | POST /_control/stripe/disputes/{id}/close `{outcome, returnsFee?}` | the bank decides: won or lost, of an inquiry warning_closed or prevented |
 * | POST /_control/stripe/payouts/{id} `{status: in_transit, paid or failed, reason?}` | the bank has a payout |
 * | POST /_control/stripe/refunds/{id}/fail `{reason?}` | the bank returns a refund |
 * | POST /_control/stripe/events `{type, object}` | another event about an object as it is now, under a new id |
 * | PUT /_control/stripe/events `{enabled}` | false: state changes make no events until true again |
 * | PUT /_control/stripe/webhook_endpoints/{id}/secrets `{secrets}` | rolls secrets: one `v1` is sent per active one |
 * | PUT /_control/stripe/objects/{id} `{changes}` | overwrites fields without any event: the provider lies |
 */
export function stripeControlRoutes(
  world: World,
  deliveries: Deliveries,
  setEmitting: (isOn: boolean) => void,
): Route[] {
  const { store } = world;
  const route = (method: string, pattern: string, handle: Route['handle']): Route => ({
    method,
    pattern: `/_control/stripe${pattern}`,
    handle,
  });

  return [
    route('POST', '/payment_intents/{id}/authenticate', (request) =>
      withBody(request, z.strictObject({ outcome: z.enum(['succeed', 'fail']) }), ({ outcome }) =>
        changing(store.paymentIntents.get(request.params.id ?? ''), (intent) =>
          authenticateIntent(world, intent, outcome),
        ),
      ),
    ),
    route('POST', '/payment_intents/{id}/settle', ({ params }) =>
      changing(store.paymentIntents.get(params.id ?? ''), (intent) =>
        runJob(world, { id: 'now', dueMs: 0, kind: 'settle_charge', objectId: intent.latest_charge ?? '' }),
      ),
    ),
    route('POST', '/disputes', (request) => {
      const schema = z.strictObject({
        charge: text,
        reason: z._default(text, 'fraudulent'),
        amount: z.optional(z.number().check(z.int(), z.minimum(1))),
        isInquiry: z.optional(z.boolean()),
      });
      return withBody(request, schema, ({ charge: id, ...terms }) => {
        const charge = store.charges.get(id);
        if (!charge) return unknown;
        if (!charge.captured) return jsonReply(409, { error: 'the charge is not captured' });
        if ((terms.amount ?? 0) > charge.amount_captured)
          return jsonReply(409, { error: 'more than the charge took' });
        return jsonReply(200, openDispute(world, charge, terms));
      });
    }),
    route('POST', '/disputes/{id}/review', ({ params }) =>
      changing(store.disputes.get(params.id ?? ''), (dispute) => reviewDispute(world, dispute)),
    ),
    route('POST', '/disputes/{id}/escalate', ({ params }) =>
      changing(store.disputes.get(params.id ?? ''), (dispute) => escalateDispute(world, dispute)),
    ),
    route('POST', '/disputes/{id}/appeal', ({ params }) =>
      changing(store.disputes.get(params.id ?? ''), (dispute) => offerAppeal(world, dispute)),
    ),
    route('POST', '/disputes/{id}/close', (request) => {
      const schema = z.strictObject({ outcome: outcomes, returnsFee: z.optional(z.boolean()) });
      return withBody(request, schema, ({ outcome, returnsFee }) =>
        changing(store.disputes.get(request.params.id ?? ''), (dispute) =>
          closeDispute(world, dispute, outcome, returnsFee),
        ),
      );
    }),
    route('POST', '/payouts/{id}', (request) => {
      const status = z.enum(['in_transit', 'paid', 'failed']);
      const schema = z.strictObject({ status, reason: z._default(text, 'account_closed') });
      return withBody(request, schema, (end) =>
        changing(store.payouts.get(request.params.id ?? ''), (payout) => settlePayout(world, payout, end)),
      );
    }),
    route('POST', '/refunds/{id}/fail', (request) =>
      withBody(request, z.strictObject({ reason: z._default(text, 'lost_or_stolen_card') }), ({ reason }) => {
        const refund = store.refunds.get(request.params.id ?? '');
        if (refund?.status === 'failed') return jsonReply(409, { error: 'the refund has failed already' });
        return changing(refund, (known) => failRefund(world, known, reason));
      }),
    ),
    route('POST', '/events', (request) =>
      withBody(request, z.strictObject({ type: text, object: text }), ({ type, object }) =>
        changing(findObject(store, object), (known) => world.emit(type, known)),
      ),
    ),
    route('PUT', '/events', (request) =>
      withBody(request, z.strictObject({ enabled: z.boolean() }), ({ enabled }) => {
        setEmitting(enabled);
        return jsonReply(200, { enabled });
      }),
    ),
    route('PUT', '/webhook_endpoints/{id}/secrets', (request) =>
      withBody(request, z.strictObject({ secrets: z.array(text).check(z.minLength(1)) }), ({ secrets }) => {
        const endpoint = deliveries.endpoints().find((one) => one.id === request.params.id);
        if (!endpoint) return unknown;
        deliveries.addEndpoint({ ...endpoint, secrets });
        return jsonReply(200, { id: endpoint.id, active: secrets.length });
      }),
    ),
    route('PUT', '/objects/{id}', (request) =>
      withBody(request, z.strictObject({ changes: z.record(text, z.unknown()) }), ({ changes }) =>
        changing(findObject(store, request.params.id ?? ''), (known) => {
          // Defined, not assigned: a field named `__proto__` is a field.
          for (const [name, value] of Object.entries(changes)) {
            Object.defineProperty(known, name, {
              value,
              enumerable: true,
              writable: true,
              configurable: true,
            });
          }
        }),
      ),
    ),
  ];
}

const unknown = jsonReply(404, { error: 'no such object' });

function changing<T extends object>(object: T | undefined, change: (object: T) => void): HttpReply {
  if (!object) return unknown;
  try {
    change(object);
    return jsonReply(200, object);
  } catch (error) {
    if (error instanceof StripeRefusal) return jsonReply(409, { error: error.message });
    throw error;
  }
}
