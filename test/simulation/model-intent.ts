/** A refund as the provider knows it. Amounts in Stripe's own minor units, as in all of this file. */
export interface ModelRefund {
  readonly id: string;
  readonly amount: number;
  status: 'pending' | 'requires_action' | 'succeeded' | 'failed' | 'canceled';
}

/** A dispute or inquiry as the provider knows it. */
export interface ModelDispute {
  readonly id: string;
  readonly amount: number;
  status:
    | 'warning_needs_response'
    | 'warning_under_review'
    | 'warning_closed'
    | 'needs_response'
    | 'under_review'
    | 'appeal_needs_response'
    | 'appeal_under_review'
    | 'prevented'
    | 'won'
    | 'lost';
  /** When it last changed, seconds since 1970: Stripe tells times no finer, and no dispute turns twice in one. */
  movedAt: number;
  /** What it moved: below 0 what was taken from us; a fee above 0 was kept. */
  readonly movements: { readonly id: string; readonly amount: number; readonly fee: number }[];
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
  readonly disputes: ModelDispute[];
}

export const newCharge = (intent: ModelIntent, status: ModelCharge['status']): ModelCharge => ({
  id: `ch_${intent.id}_${intent.charges.length}`,
  status,
  captured: false,
  amountCaptured: 0,
  fee: null,
  refunds: [],
  disputes: [],
});

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
  readonly reversedMinor: bigint;
  readonly feeMinor: bigint;
  readonly disputeStatus: string | null;
}

export const truthOf = (intent: ModelIntent): Truth => {
  const charge = takenCharge(intent);
  const refunded = (charge?.refunds ?? [])
    .filter(({ status }) => status === 'succeeded')
    .reduce((total, { amount }) => total + amount, 0);
  const captured = charge?.amountCaptured ?? 0;
  const movements = (charge?.disputes ?? []).flatMap((dispute) => dispute.movements);
  const reversed = movements.reduce((total, { amount }) => total - amount, 0);
  const fees = movements.reduce((total, { fee }) => total + fee, charge?.fee ?? 0);
  const isOpen = (charge?.disputes ?? []).some(isUndecided);
  const iso = (amount: number): bigint => BigInt(amount / (STRIPE_UNITS[intent.currency] ?? 1));
  return {
    status:
      captured > 0 && !isOpen && reversed > 0 && refunded + reversed >= captured
        ? 'reversed'
        : statusInWords(intent.status, captured, refunded),
    capturedMinor: iso(captured),
    refundedMinor: iso(refunded),
    reversedMinor: iso(reversed),
    feeMinor: iso(fees),
    disputeStatus: worstOf(charge?.disputes ?? []),
  };
};

export const isUndecided = ({ status }: ModelDispute): boolean =>
  status.endsWith('needs_response') || status.endsWith('under_review');

/** The one that somebody must look at first. */
const worstOf = (disputes: readonly ModelDispute[]): string | null => {
  const has = (status: string): boolean =>
    disputes.some((dispute) => dispute.status.replace(/^appeal_/, '') === status);
  if (has('needs_response')) return 'needs_response';
  if (has('warning_needs_response')) return 'warning_needs_response';
  if (has('under_review')) return 'under_review';
  if (has('warning_under_review')) return 'warning_under_review';
  if (has('lost')) return 'lost';
  if (has('won')) return 'won';
  if (has('prevented')) return 'prevented';
  return has('warning_closed') ? 'warning_closed' : null;
};

const statusInWords = (status: IntentStatus, captured: number, refunded: number): string => {
  if (captured === 0 || refunded === 0) return status;
  return refunded < captured ? 'partially_refunded' : 'refunded';
};
