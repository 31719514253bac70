import * as z from 'zod/mini';
import { currency, disputeStatus, eventOutcome, fixedAmount, provider, status, uuid } from './fields';

export const payment = z.object({
  id: uuid,
  provider,
  /** The Stripe payment intent or PayPal order; null until the provider has answered. */
  provider_ref: z.nullable(z.string()),
  price: z.string(),
  description: z.string(),
  amount: fixedAmount,
  currency,
  status,
  captured_amount: z.int(),
  refunded_amount: z.int(),
  /** What the provider took back for disputes and reversals, less what it gave back. */
  reversed_amount: z.int(),
  /** The dispute or inquiry that needs attention most; the `warning_` ones are inquiries. Null without any. */
  dispute_status: z.nullable(disputeStatus),
  /** The provider's code for the last failed attempt. */
  last_error_code: z.nullable(z.string()),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
});

export const fact = z.object({
  kind: z.enum([
    'authorization',
    'capture',
    'refund',
    'fee',
    'fee_return',
    'dispute',
    'withdrawal',
    'reinstatement',
    'cancellation',
    'expiry',
  ]),
  id: z.string(),
  status: z.string(),
  amount: z.int(),
});

export const settled = z.object({ success: z.literal(true), payment });

/** One booking about which our books and a provider's statement differ. */
export const drift = z.object({
  id: uuid,
  provider,
  /** What was moved: capture, refund, refund_reversal, fee, fee_return, withdrawal, reinstatement, payout, payout_return. */
  kind: z.string(),
  /** The provider's id of what was moved. */
  object_id: z.string(),
  /** Null where no payment of ours is behind it. */
  payment_id: z.nullable(uuid),
  provider_ref: z.nullable(z.string()),
  difference: z.enum(['missing_here', 'missing_there', 'differs']),
  field: z.enum(['movement', 'amount', 'currency', 'fee', 'status']),
  /** Amounts as minor units and currency (`1999 USD`), statuses by name; null where a side has nothing. */
  ours: z.nullable(z.string()),
  theirs: z.nullable(z.string()),
  /** The best guess from what is known; see docs/drift.md. */
  cause: z.string(),
  day: z.iso.date(),
  first_seen: z.iso.datetime(),
  last_seen: z.iso.datetime(),
  resolved_at: z.nullable(z.iso.datetime()),
  /** Since when it is known, or how long it was open. */
  age_seconds: z.int(),
});

/** A report as the inbox holds it. */
export const event = z.object({
  id: z.string(),
  provider,
  type: z.string(),
  /** webhook and events: the provider's own, delivered or listed. The others: what we saw when we asked, and why we did. */
  source: z.string(),
  outcome: eventOutcome,
  reason: z.nullable(z.string()),
  payment_id: z.nullable(uuid),
  provider_ref: z.nullable(z.string()),
  mode: z.enum(['live', 'test']),
  account: z.nullable(z.string()),
  attempts: z.int(),
  received_at: z.iso.datetime(),
  processed_at: z.iso.datetime(),
});
