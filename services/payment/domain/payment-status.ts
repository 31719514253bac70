import { type DisputeStatus, openDisputeStatuses } from './dispute-status';
import type { Fact } from './fact-kinds';
import type { OpenStatus } from './open-status';

/** Every status a payment of ours can have. */
export type PaymentStatus =
  | 'created'
  | OpenStatus
  | 'succeeded'
  | 'partially_refunded'
  | 'refunded'
  | 'reversed'
  | 'canceled'
  | 'expired';

/** What a status follows from. Amounts in ISO 4217 minor units. */
export interface StatusGrounds {
  /** Each thing once, as far as it has come. */
  readonly latest: readonly Fact[];
  readonly capturedMinor: bigint;
  readonly refundedMinor: bigint;
  readonly reversedMinor: bigint;
  readonly disputeStatus: DisputeStatus | null;
  /** The newest open status seen. */
  readonly open: OpenStatus | null;
}

export interface StatusRule {
  /** The status it gives; `open` for the newest open status. */
  readonly gives: PaymentStatus | 'open';
  /** The condition in words, for people. */
  readonly when: string;
  readonly holds: (grounds: StatusGrounds) => boolean;
}

/**
 * What a payment's status is: the first rule that holds. Taken money beats everything, terminal beats open, and an open status
 * is only shown while nothing final is known.
 */
export const statusRules: readonly StatusRule[] = [
  {
    gives: 'reversed',
    when: 'money was captured, no dispute is open, and what was withdrawn with what was refunded is all of it',
    holds: (grounds) =>
      grounds.capturedMinor > 0n &&
      grounds.reversedMinor > 0n &&
      grounds.refundedMinor + grounds.reversedMinor >= grounds.capturedMinor &&
      !(grounds.disputeStatus !== null && openDisputeStatuses.has(grounds.disputeStatus)),
  },
  {
    gives: 'refunded',
    when: 'money was captured, and all of it refunded',
    holds: ({ capturedMinor, refundedMinor }) => capturedMinor > 0n && refundedMinor >= capturedMinor,
  },
  {
    gives: 'partially_refunded',
    when: 'money was captured, and a part of it refunded',
    holds: ({ capturedMinor, refundedMinor }) => capturedMinor > 0n && refundedMinor > 0n,
  },
  {
    gives: 'succeeded',
    when: 'money was captured, whatever is withheld or disputed',
    holds: ({ capturedMinor }) => capturedMinor > 0n,
  },
  // Money in flight outranks every end without money.
  {
    gives: 'processing',
    when: 'a capture is pending',
    holds: (grounds) => has(grounds, 'capture', 'pending'),
  },
  {
    gives: 'canceled',
    when: 'the intent or order was canceled',
    holds: (grounds) => has(grounds, 'cancellation', 'canceled'),
  },
  {
    gives: 'expired',
    when: 'the approval or session lapsed',
    holds: (grounds) => has(grounds, 'expiry', 'expired'),
  },
  { gives: 'open', when: 'an open status was seen: the newest one', holds: ({ open }) => open !== null },
  {
    gives: 'requires_capture',
    when: 'funds are held',
    holds: (grounds) => has(grounds, 'authorization', 'authorized'),
  },
  {
    gives: 'requires_payment_method',
    when: 'a try to pay failed',
    holds: (grounds) => has(grounds, 'capture', 'failed'),
  },
  { gives: 'created', when: 'nothing is known', holds: () => true },
];

const has = ({ latest }: StatusGrounds, kind: Fact['kind'], status: string): boolean =>
  latest.some((fact) => fact.kind === kind && fact.status === status);

/** The status that follows from the rules. */
export const statusOf = (grounds: StatusGrounds): PaymentStatus => {
  const rule = statusRules.find(({ holds }) => holds(grounds));
  return rule === undefined || rule.gives === 'open' ? (grounds.open ?? 'created') : rule.gives;
};

/** Statuses in which the provider may still change its mind, so that the sweep keeps asking. */
export const openPaymentStatuses: readonly PaymentStatus[] = [
  'created',
  'requires_payment_method',
  'requires_confirmation',
  'requires_action',
  'processing',
  'requires_capture',
];

/** Whether money was taken, whatever came back since. */
export const isSettled = (status: PaymentStatus): boolean =>
  status === 'succeeded' || status === 'partially_refunded' || status === 'refunded' || status === 'reversed';
