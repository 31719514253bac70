import type { Observation } from './observation';
import type { Provider } from './provider-scale';

/**
 * One object as we saw it, with all it takes to read it again: the inbox keeps these for everything that was not delivered as
 * an event, so that state can be made again from it, and a mended reader mends history.
 */
export interface Sighting {
  /** What the object is, which says who can read it: `stripe.payment_intent`, `paypal.order`. */
  readonly as: string;
  /** ISO 8601. */
  readonly seenAt: string;
  /** `made`: the answer to the call that made it. `asked`: the answer to a question. Orders sightings of one second. */
  readonly how: 'made' | 'asked';
  /** What the object does not say itself, but its reader must know: a PayPal refund's order. */
  readonly about?: Readonly<Record<string, string>>;
  /** The object, less personal data and secrets. */
  readonly object: unknown;
}

/** A record: `{"sightings": […]}`, in the order in which they were seen. */
export const writeSightings = (sightings: readonly Sighting[]): string => JSON.stringify({ sightings });

/** Null for a text that is no record. What is in the objects is for their readers to judge. */
export const parseSightings = (text: string): readonly Sighting[] | null => {
  const record = parseJson(text) as { readonly sightings?: unknown } | null;
  const sightings = record?.sightings;
  return Array.isArray(sightings) && sightings.length > 0 && sightings.every(isSighting) ? sightings : null;
};

const isSighting = (value: unknown): value is Sighting => {
  const sighting = (typeof value === 'object' && value !== null ? value : {}) as Partial<Sighting>;
  return (
    typeof sighting.as === 'string' &&
    typeof sighting.seenAt === 'string' &&
    !Number.isNaN(Date.parse(sighting.seenAt)) &&
    (sighting.how === 'made' || sighting.how === 'asked')
  );
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

/** What several objects seen together say about one payment: all facts, and of single things the first that is known. */
export const mergeObservations = (first: Observation, others: readonly Observation[]): Observation =>
  others.reduce(
    (merged, other) => ({
      provider: merged.provider,
      providerRef: merged.providerRef ?? other.providerRef,
      paymentId: merged.paymentId ?? other.paymentId,
      asked: merged.asked ?? other.asked,
      facts: [...merged.facts, ...other.facts],
      open: merged.open ?? other.open,
      calls: [...(merged.calls ?? []), ...(other.calls ?? [])],
    }),
    first,
  );

/** That a provider refused to make an intent or order: nothing exists there, and nothing will be paid. */
export interface Refusal {
  readonly provider: Provider;
  readonly paymentId: string;
  readonly errorCode: string;
}

/** `seenAt`: ISO 8601. */
export const observeRefusal = ({ provider, paymentId, errorCode }: Refusal, seenAt: string): Observation => ({
  provider,
  providerRef: null,
  paymentId,
  asked: null,
  facts: [],
  open: { status: 'failed', at: seenAt, errorCode },
});

/** That nothing can come of a payment any more: PayPal forgot its order, or nobody ever learnt of its intent. */
export interface Expiry {
  readonly provider: Provider;
  readonly paymentId: string;
  readonly providerRef: string | null;
  readonly currency: string;
}

export const observeExpiry = ({ provider, paymentId, providerRef, currency }: Expiry): Observation => ({
  provider,
  providerRef,
  paymentId,
  asked: null,
  facts: [
    {
      kind: 'expiry',
      objectId: providerRef ?? paymentId,
      status: 'expired',
      amountMinor: 0n,
      currency,
      parentId: null,
    },
  ],
  open: null,
});

/** That we have given up an order which only we could have captured, and never will. */
export type Abandonment = Expiry & { readonly providerRef: string };

export const observeAbandonment = ({
  provider,
  paymentId,
  providerRef,
  currency,
}: Abandonment): Observation => ({
  provider,
  providerRef,
  paymentId,
  asked: null,
  facts: [
    {
      kind: 'cancellation',
      objectId: providerRef,
      status: 'canceled',
      amountMinor: 0n,
      currency,
      parentId: null,
    },
  ],
  open: null,
});
