import * as z from 'zod/mini';
import { AppError } from '#shared/errors/app-error';
import type { Observation } from '../domain/observation';
import { lookedAt, sightedAt } from '../domain/open-status';
import {
  mergeObservations,
  observeAbandonment,
  observeExpiry,
  observeRefusal,
  parseSightings,
  type Sighting,
  writeSightings,
} from '../domain/sighting';
import type { ProviderObservation } from '../ports';
import { disputeContext, observePayPalDispute, paypalDispute } from './paypal-disputes';
import { callOfRefund, captureIdOf, factsOfRefund, observeOrder } from './paypal-facts';
import { paypalOrder, paypalRefund } from './paypal-objects';
import { observeDispute, stripeDispute } from './stripe-disputes';
import { observePaymentIntent, observeRefund } from './stripe-facts';
import { stripePaymentIntent, stripeRefund } from './stripe-objects';

const provider = z.enum(['stripe', 'paypal']);
const refusal = z.object({ provider, paymentId: z.uuid(), errorCode: z.string() });
const expiry = z.object({
  provider,
  paymentId: z.uuid(),
  providerRef: z.nullable(z.string()),
  currency: z.string(),
});
const abandonment = z.object({ ...expiry.shape, providerRef: z.string() });
const refundContext = z.object({ order: z.string(), capture: z.string() });

/** A kind of object: what of it is kept (no personal data, no secrets), and what that says. */
interface Kind {
  readonly keep: (object: unknown) => unknown;
  readonly read: (kept: Sighting) => Observation | null;
}

const kind = <Object>(
  schema: { readonly parse: (object: unknown) => Object },
  read: (object: Object, sighting: Sighting) => Observation | null,
): Kind => ({
  keep: (object) => schema.parse(object),
  read: (sighting) => read(schema.parse(sighting.object), sighting),
});

/** Who reads what. A kind once written stays here for ever: the inbox holds it. */
const kinds: Readonly<Record<string, Kind>> = {
  'stripe.payment_intent': kind(stripePaymentIntent, (intent, { seenAt, how }) =>
    observePaymentIntent(intent, sightedAt(Date.parse(seenAt), how)),
  ),
  'stripe.refund': kind(stripeRefund, (refund) => observeRefund(refund)),
  'stripe.dispute': kind(stripeDispute, (dispute, { seenAt }) =>
    observeDispute(dispute, lookedAt(Date.parse(seenAt))),
  ),
  'paypal.order': kind(paypalOrder, (order, { seenAt }) => observeOrder(order, seenAt)),
  'paypal.refund': kind(paypalRefund, (refund, { about }) => {
    // PayPal answers a refund without its order, and not always with its capture.
    const { order, capture } = refundContext.parse(about);
    return {
      provider: 'paypal',
      providerRef: order,
      paymentId: null,
      asked: null,
      facts: factsOfRefund(refund, captureIdOf(refund) ?? capture),
      open: null,
      calls: callOfRefund(refund),
    };
  }),
  'paypal.dispute': kind(paypalDispute, (dispute, { about, seenAt }) =>
    observePayPalDispute(dispute, disputeContext.parse(about), seenAt),
  ),
  refusal: kind(refusal, (refused, { seenAt }) => observeRefusal(refused, seenAt)),
  expiry: kind(expiry, (lapsed) => observeExpiry(lapsed)),
  abandonment: kind(abandonment, (abandoned) => observeAbandonment(abandoned)),
};

const kindOf = ({ as }: Sighting): Kind => {
  const known = kinds[as];
  if (known === undefined) throw new Error(`nobody reads ${as}`);
  return known;
};

const readOne = (sighting: Sighting): Observation => {
  const observation = kindOf(sighting).read(sighting);
  if (observation === null) throw new Error(`${sighting.as} belongs to no payment`);
  return observation;
};

const readAll = (sightings: readonly Sighting[]): Observation => {
  const [first, ...others] = sightings.map(readOne);
  if (first === undefined) throw new Error('nothing was seen');
  return mergeObservations(first, others);
};

/**
 * What one or more objects seen together tell, with the record of them. Both come from the same readers, so that reading the
 * record later gives the same observation.
 *
 * @throws AppError `provider_unavailable` when an object is not as the provider documents it
 */
export const observeSightings = (...sightings: readonly Sighting[]): ProviderObservation => {
  try {
    const kept = sightings.map((sighting) => ({
      ...sighting,
      object: kindOf(sighting).keep(sighting.object),
    }));
    return { observation: readAll(kept), raw: writeSightings(kept) };
  } catch (cause) {
    throw new AppError('provider_unavailable', { cause });
  }
};

/**
 * Reads a record of the inbox with today's readers.
 *
 * @throws Error for a text that is no record, or holds something that nobody can read any more
 */
export const readRecord = (text: string): Observation => {
  const sightings = parseSightings(text);
  if (sightings === null) throw new Error('not a record of sightings');
  return readAll(sightings);
};
