import * as z from 'zod/mini';
import { AppError } from '#shared/errors/app-error';
import type { Observation, Reading } from '../domain/observation';
import { sightedAt } from '../domain/open-status';
import { observeCharge, observePaymentIntent, observeRefund, UnreadableAmountError } from './stripe-facts';
import { stripeCharge, stripePaymentIntent, stripeRefund } from './stripe-objects';

const event = z.object({
  type: z.string(),
  created: z.int(),
  data: z.object({ object: z.looseObject({ object: z.string() }) }),
});

/** By the object an event carries, never by the event's name: a name says why it was sent, the object how things stand. */
const observers: Readonly<Record<string, (object: unknown, at: string) => Observation | null>> = {
  payment_intent: (object, at) => observePaymentIntent(stripePaymentIntent.parse(object), at),
  charge: (object) => observeCharge(stripeCharge.parse(object)),
  refund: (object) => observeRefund(stripeRefund.parse(object)),
};

/**
 * Reads the facts out of a verified Stripe event. Stripe signs the whole body, so no call is needed. Kinds of objects we keep
 * no facts of are `ignored`; an object of a kind we know that does not fit Stripe's documentation is an error, because
 * ignoring it could lose money.
 */
export const readStripeEvent = (body: string): Reading => {
  try {
    const { type, created, data } = event.parse(JSON.parse(body));
    const observe = observers[data.object.object];
    if (observe === undefined) return { kind: 'ignored', reason: `no facts in ${type}` };
    const observation = observe(data.object, sightedAt(created * 1000, 'event'));
    if (observation === null) return { kind: 'ignored', reason: 'belongs to no payment intent' };
    return { kind: 'observation', observation };
  } catch (cause) {
    if (cause instanceof UnreadableAmountError) return { kind: 'ignored', reason: 'currency not supported' };
    throw new AppError('webhook_body_invalid', { cause });
  }
};
