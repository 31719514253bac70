import * as z from 'zod/mini';
import { AppError } from '#shared/errors/app-error';
import type { Observation, Reading } from '../domain/observation';
import { sightedAt } from '../domain/open-status';
import { observeDispute, stripeDispute } from './stripe-disputes';
import { observeCharge, observePaymentIntent, observeRefund, UnreadableAmountError } from './stripe-facts';
import { stripeCharge, stripePaymentIntent, stripeRefund } from './stripe-objects';
import { readPayout, stripePayout } from './stripe-payouts';

const event = z.object({
  type: z.string(),
  created: z.int(),
  data: z.object({ object: z.looseObject({ object: z.string() }) }),
});

const about = (observation: Observation | null): Reading =>
  observation === null
    ? { kind: 'ignored', reason: 'belongs to no payment intent' }
    : { kind: 'observation', observation };

/** By the object an event carries, never by the event's name: a name says why it was sent, the object how things stand. */
const readers: Readonly<Record<string, (object: unknown, at: string) => Reading>> = {
  payment_intent: (object, at) => about(observePaymentIntent(stripePaymentIntent.parse(object), at)),
  charge: (object) => about(observeCharge(stripeCharge.parse(object))),
  refund: (object) => about(observeRefund(stripeRefund.parse(object))),
  dispute: (object, at) => about(observeDispute(stripeDispute.parse(object), at)),
  payout: (object) => readPayout(stripePayout.parse(object)),
};

/**
 * Reads the facts out of a verified Stripe event. Stripe signs the whole body, so no call is needed. Kinds of objects we keep
 * no facts of are `ignored`; an object of a kind we know that does not fit Stripe's documentation is an error, because
 * ignoring it could lose money.
 */
export const readStripeEvent = (body: string): Reading => {
  try {
    const { type, created, data } = event.parse(JSON.parse(body));
    const read = readers[data.object.object];
    if (read === undefined) return { kind: 'ignored', reason: `no facts in ${type}` };
    return read(data.object, sightedAt(created * 1000, 'event'));
  } catch (cause) {
    if (cause instanceof UnreadableAmountError) return { kind: 'ignored', reason: 'currency not supported' };
    throw new AppError('webhook_body_invalid', { cause });
  }
};
