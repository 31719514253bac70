/** A refund as the provider knows it. Amounts in Stripe's own minor units, as in all of this file. */
export interface ModelRefund {
  readonly id: string;
  readonly amount: number;
  status: 'pending' | 'requires_action' | 'succeeded' | 'failed' | 'canceled';
}

/** One try of a payer: what Stripe calls a charge. */
export interface ModelCharge {
  readonly id: string;
  status: 'pending' | 'succeeded' | 'failed';
  captured: boolean;
  amountCaptured: number;
  /** Known some time after the capture. */
  fee: number | null;
  readonly refunds: ModelRefund[];
}

export type IntentStatus =
  | 'requires_payment_method'
  | 'requires_confirmation'
  | 'requires_action'
  | 'processing'
  | 'requires_capture'
  | 'canceled'
  | 'succeeded';

/** The provider's truth about one intent. */
export interface ModelIntent {
  readonly id: string;
  readonly paymentId: string;
  readonly amount: number;
  readonly currency: string;
  readonly capture: 'automatic' | 'manual';
  status: IntentStatus;
  readonly charges: ModelCharge[];
  lastError: string | null;
}

/** How much of Stripe's minor unit is one of ISO 4217; 1 where not said (docs.stripe.com/currencies#special-cases). */
export const STRIPE_UNITS: Readonly<Record<string, number>> = { usd: 1, eur: 1, jpy: 1, isk: 100 };

export const latestCharge = (intent: ModelIntent): ModelCharge | null => intent.charges.at(-1) ?? null;

/** The charge that took the money, if one did. */
export const takenCharge = (intent: ModelIntent): ModelCharge | null =>
  intent.charges.find(({ captured }) => captured) ?? null;

/** What has been given back or is on its way. */
export const promisedBack = (charge: ModelCharge): number =>
  charge.refunds
    .filter(({ status }) => status === 'succeeded' || status === 'pending' || status === 'requires_action')
    .reduce((total, { amount }) => total + amount, 0);

/** What a payment must look like in the end, by the provider's own books; ISO 4217 minor units. */
export interface Truth {
  readonly status: string;
  readonly capturedMinor: bigint;
  readonly refundedMinor: bigint;
  readonly feeMinor: bigint;
}

export const truthOf = (intent: ModelIntent): Truth => {
  const charge = takenCharge(intent);
  const refunded = (charge?.refunds ?? [])
    .filter(({ status }) => status === 'succeeded')
    .reduce((total, { amount }) => total + amount, 0);
  const captured = charge?.amountCaptured ?? 0;
  const iso = (amount: number): bigint => BigInt(amount / (STRIPE_UNITS[intent.currency] ?? 1));
  return {
    status: statusInWords(intent.status, captured, refunded),
    capturedMinor: iso(captured),
    refundedMinor: iso(refunded),
    feeMinor: iso(charge?.fee ?? 0),
  };
};

const statusInWords = (status: IntentStatus, captured: number, refunded: number): string => {
  if (captured === 0 || refunded === 0) return status;
  return refunded < captured ? 'partially_refunded' : 'refunded';
};
