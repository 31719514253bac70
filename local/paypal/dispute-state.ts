import type { Money } from './money';

/** One movement of a dispute's money (`at`: milliseconds since 1970 on the double's clock), as `money_movements` shows it. */
export type DisputeMovement = {
  party: 'SELLER' | 'BUYER' | 'PAYMENT_PROCESSOR';
  type: 'DEBIT' | 'CREDIT';
  reason: 'DISPUTE_SETTLEMENT' | 'CHARGEBACK_FEE';
  amount: Money;
  at: number;
};

export type DisputeStage = 'INQUIRY' | 'CHARGEBACK' | 'PRE_ARBITRATION' | 'ARBITRATION';

export type DisputeStatus =
  | 'OPEN'
  | 'WAITING_FOR_BUYER_RESPONSE'
  | 'WAITING_FOR_SELLER_RESPONSE'
  | 'UNDER_REVIEW'
  | 'RESOLVED'
  | 'OTHER';

export type DisputeOutcome =
  | 'RESOLVED_BUYER_FAVOUR'
  | 'RESOLVED_SELLER_FAVOUR'
  | 'RESOLVED_WITH_PAYOUT'
  | 'CANCELED_BY_BUYER'
  | 'ACCEPTED'
  | 'DENIED'
  | 'NONE';

export type Dispute = {
  id: string;
  captureId: string;
  reason: string;
  /** INTERNAL: at PayPal. EXTERNAL: the payer's bank. */
  channel: 'INTERNAL' | 'EXTERNAL';
  amount: Money;
  stage: DisputeStage;
  status: DisputeStatus;
  outcome: DisputeOutcome | undefined;
  /** The reversal that took the money, while it is taken. */
  reversalId: string | undefined;
  movements: DisputeMovement[];
  createdAt: number;
  updatedAt: number;
};
