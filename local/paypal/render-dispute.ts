import type { Dispute, DisputeMovement } from './dispute-state';
import { findCapture } from './find-resource';
import { disputeLinks } from './links';
import { merchant } from './merchant';
import { toWire } from './money';
import type { Rendered } from './render-payment';
import { dayMs, type World } from './world';

const iso = (at: number) => new Date(at).toISOString();
const responseMs = 10 * dayMs;

/** Who has to act: `dispute_state` of lists and webhooks. */
export function stateOf({ status, stage }: Dispute): string {
  if (status === 'RESOLVED') return 'RESOLVED';
  if (stage === 'INQUIRY') return 'OPEN_INQUIRIES';
  if (status === 'OPEN' || status === 'WAITING_FOR_SELLER_RESPONSE') return 'REQUIRED_ACTION';
  return status === 'UNDER_REVIEW' ? 'UNDER_PAYPAL_REVIEW' : 'REQUIRED_OTHER_PARTY_ACTION';
}

/** A dispute in a list (`dispute_info`). */
export function renderDisputeSummary(world: World, dispute: Dispute): Rendered {
  return {
    dispute_id: dispute.id,
    create_time: iso(dispute.createdAt),
    update_time: iso(dispute.updatedAt),
    reason: dispute.reason,
    status: dispute.status,
    dispute_state: stateOf(dispute),
    dispute_amount: toWire(dispute.amount),
    dispute_life_cycle_stage: dispute.stage,
    dispute_channel: dispute.channel,
    seller_response_due_date: iso(dispute.createdAt + responseMs),
    links: disputeLinks(world, dispute).slice(0, 1),
  };
}

/** A dispute in full (`dispute`). */
export function renderDispute(world: World, dispute: Dispute): Rendered {
  const { dispute_state: _, links: __, ...summary } = renderDisputeSummary(world, dispute);
  const lost = dispute.outcome === 'RESOLVED_BUYER_FAVOUR' || dispute.outcome === 'ACCEPTED';
  const { currency, minor } = dispute.amount;
  return {
    ...summary,
    disputed_transactions: [renderTransaction(world, dispute)],
    ...(dispute.outcome === undefined
      ? {}
      : {
          dispute_outcome: {
            outcome_code: dispute.outcome,
            amount_refunded: toWire({ currency, minor: lost ? minor : 0n }),
          },
        }),
    ...(dispute.movements.length === 0 ? {} : { money_movements: dispute.movements.map(renderMovement) }),
    messages: [{ posted_by: 'BUYER', time_posted: iso(dispute.createdAt), content: 'I want a refund.' }],
    links: disputeLinks(world, dispute),
  };
}

function renderTransaction(world: World, dispute: Dispute): Rendered {
  const capture = findCapture(world, dispute.captureId);
  return {
    buyer_transaction_id: `B${capture.id.slice(1)}`,
    seller_transaction_id: capture.id,
    create_time: iso(capture.createdAt),
    transaction_status: dispute.reversalId === undefined ? capture.status : 'REVERSED',
    gross_amount: toWire(capture.amount),
    ...(capture.invoiceId === undefined ? {} : { invoice_number: capture.invoiceId }),
    ...(capture.customId === undefined ? {} : { custom: capture.customId }),
    buyer: { name: 'Pat Payer' },
    seller: { email: merchant.email_address, merchant_id: merchant.merchant_id, name: 'Tandem' },
    items: [],
    seller_protection_eligible: true,
  };
}

const renderMovement = ({ party, type, reason, amount, at }: DisputeMovement): Rendered => ({
  affected_party: party,
  amount: toWire(amount),
  initiated_time: iso(at),
  type,
  reason,
});
