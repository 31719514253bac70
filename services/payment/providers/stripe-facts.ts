import type * as z from 'zod/mini';
import { isUuid } from '#shared/kernel/ids';
import { readCallKey } from '../domain/call-key';
import type { Fact } from '../domain/fact-kinds';
import type { MadeCall, Observation } from '../domain/observation';
import type { OpenStatus } from '../domain/open-status';
import { fromProviderMinor } from '../domain/provider-scale';
import { errorCodeForPayer } from './stripe-declines';
import type { metadata, reference, stripeCharge, stripePaymentIntent, stripeRefund } from './stripe-objects';

type Charge = z.infer<typeof stripeCharge>;
type Refund = z.infer<typeof stripeRefund>;
type PaymentIntent = z.infer<typeof stripePaymentIntent>;

/** Why an object that looks right still cannot be read: an amount that our currency table cannot express. */
export class UnreadableAmountError extends Error {
  override readonly name = 'UnreadableAmountError';
}

/** An amount of Stripe's in ISO 4217 minor units. Throws UnreadableAmountError where our table has no such currency. */
export const minorOfStripe = (value: number, stripeCurrency: string): bigint => {
  const converted = fromProviderMinor('stripe', BigInt(value), stripeCurrency.toUpperCase());
  if (converted === null)
    throw new UnreadableAmountError(`cannot express a Stripe amount in ${stripeCurrency}`);
  return converted;
};

/** The id behind a reference, expanded or not. */
export const idOf = (value: z.infer<typeof reference> | null | undefined): string | null =>
  typeof value === 'string' ? value : (value?.id ?? null);

/** Our id as we gave it to Stripe; anything else in that place is somebody else's. */
const paymentIdOf = (object: { readonly metadata?: z.infer<typeof metadata> }): string | null => {
  const paymentId = object.metadata?.payment_id ?? '';
  return isUuid(paymentId) ? paymentId : null;
};

/** The call of ours that made an intent or refund. A charge's metadata is a copy of its intent's and says nothing. */
const callOf = (made: {
  readonly id: string;
  readonly metadata?: z.infer<typeof metadata>;
}): readonly MadeCall[] => {
  const key = readCallKey(made.metadata?.call_key);
  return key === null ? [] : [{ key, resultRef: made.id }];
};

const refundsOf = (charge: Charge): readonly Refund[] =>
  (charge.refunds?.data ?? []).filter((refund) => refund !== null);

/**
 * A charge that was not captured is an authorization: the money is held, not taken. A pending one is no fact: the intent's own
 * status tells that money is in flight, and takes it back. A fact could not: once the payer has tried again or the intent was
 * canceled, nothing we ask for names the earlier charge any more, so a lost report of its failure would leave it pending.
 */
const factsOfCharge = (charge: Charge): readonly Fact[] => {
  const base = { objectId: charge.id, currency: charge.currency.toUpperCase(), parentId: null };
  if (charge.status === 'pending') return [];
  if (charge.status === 'failed') return [{ ...base, kind: 'capture', status: 'failed', amountMinor: 0n }];
  if (!charge.captured) {
    return [
      {
        ...base,
        kind: 'authorization',
        status: 'authorized',
        amountMinor: minorOfStripe(charge.amount, charge.currency),
      },
    ];
  }
  const amountMinor = minorOfStripe(charge.amount_captured, charge.currency);
  const refunds = refundsOf(charge).flatMap(factsOfRefund);
  return [{ ...base, kind: 'capture', status: 'succeeded', amountMinor }, ...feeOf(charge), ...refunds];
};

/** The fee is known only where the balance transaction was expanded, and only counted in the payment's own currency. */
const feeOf = (charge: Charge): readonly Fact[] => {
  const transaction = charge.balance_transaction;
  if (transaction === null || transaction === undefined || typeof transaction === 'string') return [];
  if (transaction.currency !== charge.currency || transaction.fee === 0) return [];
  return [
    {
      kind: 'fee',
      objectId: transaction.id,
      status: 'charged',
      amountMinor: minorOfStripe(transaction.fee, transaction.currency),
      currency: transaction.currency.toUpperCase(),
      parentId: charge.id,
    },
  ];
};

const factsOfRefund = (refund: Refund): readonly Fact[] => {
  const parentId = idOf(refund.charge);
  if (parentId === null || refund.amount === 0) return [];
  // requires_action waits for the customer's bank details: nothing has been given back yet.
  const status = refund.status === null || refund.status === 'requires_action' ? 'pending' : refund.status;
  return [
    {
      kind: 'refund',
      objectId: refund.id,
      status,
      amountMinor: minorOfStripe(refund.amount, refund.currency),
      currency: refund.currency.toUpperCase(),
      parentId,
    },
  ];
};

const OPEN_STATUSES: ReadonlySet<string> = new Set<OpenStatus>([
  'requires_payment_method',
  'requires_confirmation',
  'requires_action',
  'processing',
  'requires_capture',
]);

const isOpen = (status: string): status is OpenStatus => OPEN_STATUSES.has(status);

/** `at` is when the snapshot was taken, ISO 8601. */
export const observePaymentIntent = (intent: PaymentIntent, at: string): Observation => {
  const currencyCode = intent.currency.toUpperCase();
  const charge = intent.latest_charge;
  return {
    provider: 'stripe',
    providerRef: intent.id,
    paymentId: paymentIdOf(intent),
    asked: { amountMinor: minorOfStripe(intent.amount, intent.currency), currency: currencyCode },
    facts: factsOfIntent(intent, currencyCode),
    open: isOpen(intent.status)
      ? { status: intent.status, at, errorCode: errorCodeForPayer(intent.last_payment_error) }
      : null,
    calls: [...callOf(intent), ...(isObject(charge) ? refundsOf(charge).flatMap(callOf) : [])],
  };
};

const isObject = (charge: PaymentIntent['latest_charge']): charge is Charge =>
  charge !== null && charge !== undefined && typeof charge !== 'string';

const factsOfIntent = (intent: PaymentIntent, currencyCode: string): readonly Fact[] => {
  const charge = intent.latest_charge;
  if (intent.status === 'canceled') {
    return [
      {
        kind: 'cancellation',
        objectId: intent.id,
        status: 'canceled',
        amountMinor: 0n,
        currency: currencyCode,
        parentId: null,
      },
    ];
  }
  if (isObject(charge)) return factsOfCharge(charge);
  // Not expanded: a succeeded intent still names its charge and what was taken.
  if (intent.status !== 'succeeded' || typeof charge !== 'string') return [];
  return [
    {
      kind: 'capture',
      objectId: charge,
      status: 'succeeded',
      amountMinor: minorOfStripe(intent.amount_received, intent.currency),
      currency: currencyCode,
      parentId: null,
    },
  ];
};

/** A charge says which intent it belongs to; one without an intent is none of ours. */
export const observeCharge = (charge: Charge): Observation | null => {
  const providerRef = idOf(charge.payment_intent);
  if (providerRef === null) return null;
  return {
    provider: 'stripe',
    providerRef,
    paymentId: paymentIdOf(charge),
    // The whole charge, of which a late capture may take a part.
    asked: {
      amountMinor: minorOfStripe(charge.amount, charge.currency),
      currency: charge.currency.toUpperCase(),
    },
    facts: factsOfCharge(charge),
    open: null,
    calls: refundsOf(charge).flatMap(callOf),
  };
};

/** A refund's own metadata is not the intent's, so it is found by the intent alone. */
export const observeRefund = (refund: Refund): Observation | null => {
  const providerRef = idOf(refund.payment_intent);
  if (providerRef === null) return null;
  return {
    provider: 'stripe',
    providerRef,
    paymentId: null,
    asked: null,
    facts: factsOfRefund(refund),
    open: null,
    calls: callOf(refund),
  };
};
