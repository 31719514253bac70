import type { LedgerEntry as ControlEntry } from '../doubles/control';
import type { LedgerEntry, PayPalState } from './state';

const kinds: Record<LedgerEntry['kind'], ControlEntry['kind']> = {
  capture: 'charge',
  refund: 'refund',
  reversal: 'dispute',
  refund_returned: 'refund_failure',
  reversal_returned: 'dispute_reversal',
};

/**
 * The ledger in the words all doubles share: amounts in PayPal's minor unit (JPY, HUF and TWD whole), `fee` on
 * captures, a reversal as `dispute` (with its fee), its return as `dispute_reversal`, `paymentId` from custom_id.
 */
export function readLedger(state: PayPalState): ControlEntry[] {
  return state.ledger.map((entry) => ({
    id: entry.id,
    kind: kinds[entry.kind],
    amount: Number(entry.gross),
    fee: Number(entry.fee),
    currency: entry.currency,
    objects: { order: entry.orderId, capture: entry.captureId },
    paymentId: entry.customId ?? null,
    atMs: entry.at,
  }));
}
