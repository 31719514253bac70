import type { Capture, LedgerEntry, Refund } from './state';
import type { World } from './world';

/** The capture's money arrives, less PayPal's fee. */
export function bookCapture(world: World, capture: Capture): void {
  const { minor } = capture.amount;
  book(world, capture, {
    kind: 'capture',
    id: capture.id,
    gross: minor,
    fee: capture.fee,
    net: minor - capture.fee,
  });
}

/** A refund or a reversal takes its amount, and perhaps a fee; the fee of the capture is not given back. */
export function bookRefund(world: World, capture: Capture, refund: Refund, fee = 0n): void {
  const gross = -refund.amount.minor;
  book(world, capture, { kind: refund.kind, id: refund.id, gross, fee, net: gross - fee });
}

/** What a reversal took is given back, because its dispute was decided for us. */
export function bookReturnedReversal(world: World, capture: Capture, reversal: Refund): void {
  const gross = reversal.amount.minor;
  const id = `${reversal.id}_returned`;
  book(world, capture, { kind: 'reversal_returned', id, gross, fee: 0n, net: gross });
}

/** A refund that had completed came back from the payer's bank. */
export function bookReturnedRefund(world: World, capture: Capture, refund: Refund): void {
  const gross = refund.amount.minor;
  book(world, capture, { kind: 'refund_returned', id: refund.id, gross, fee: 0n, net: gross });
}

function book(
  world: World,
  capture: Capture,
  movement: Pick<LedgerEntry, 'kind' | 'id' | 'gross' | 'fee' | 'net'>,
): void {
  world.state.ledger.push({
    at: world.now(),
    captureId: capture.id,
    orderId: capture.orderId,
    customId: capture.customId,
    currency: capture.amount.currency,
    ...movement,
  });
}
