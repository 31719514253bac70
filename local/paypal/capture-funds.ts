import { findCapture } from './find-resource';
import { bookCapture } from './ledger';
import { feeFor } from './money';
import { notifyCapture } from './notify';
import { PayPalError } from './paypal-error';
import type { Capture, CaptureRule } from './state';
import type { World } from './world';

export type CaptureInput = Pick<
  Capture,
  'orderId' | 'unit' | 'authorizationId' | 'amount' | 'invoiceId' | 'customId' | 'finalCapture'
>;

/** Takes the first rule made for this order, or for any; it applies once. */
export function takeCaptureRule(world: World, orderId: string): CaptureRule | undefined {
  const { captureRules } = world.state;
  const index = captureRules.findIndex((rule) => rule.orderId === undefined || rule.orderId === orderId);
  return index < 0 ? undefined : captureRules.splice(index, 1)[0];
}

/**
 * The merchant's account settings want invoice ids unique: one that a capture already carries is refused.
 * A declined capture frees its invoice id again.
 */
export function refuseKnownInvoice(world: World, invoiceId: string | undefined): void {
  if (invoiceId === undefined) return;
  for (const id of world.state.capturedInvoices.get(invoiceId) ?? []) {
    const { status } = findCapture(world, id);
    if (status !== 'DECLINED' && status !== 'FAILED') {
      throw PayPalError.unprocessable('DUPLICATE_INVOICE_ID', { field: 'invoice_id', value: invoiceId });
    }
  }
}

/** Moves the money (or not, as `rule` says), books it and notifies. */
export function captureFunds(world: World, input: CaptureInput, rule: CaptureRule | undefined): Capture {
  const now = world.now();
  const status = rule === undefined || rule.outcome === 'ERROR' ? 'COMPLETED' : rule.outcome;
  const settles = status === 'PENDING' && rule?.settleAfterMs !== undefined;
  const capture: Capture = {
    ...input,
    id: world.newId(17),
    fee: feeFor(input.amount),
    status,
    reason: status === 'PENDING' ? (rule?.reason ?? 'PENDING_REVIEW') : rule?.reason,
    settlement: settles ? { at: now + (rule.settleAfterMs ?? 0), status: rule.settleAs } : undefined,
    refundIds: [],
    createdAt: now,
    updatedAt: now,
  };
  remember(world, capture);
  if (status === 'COMPLETED') {
    bookCapture(world, capture);
    notifyCapture(world, 'PAYMENT.CAPTURE.COMPLETED', capture);
  } else {
    notifyCapture(
      world,
      status === 'PENDING' ? 'PAYMENT.CAPTURE.PENDING' : 'PAYMENT.CAPTURE.DECLINED',
      capture,
    );
  }
  return capture;
}

function remember(world: World, capture: Capture): void {
  const { state } = world;
  state.captures.set(capture.id, capture);
  state.orders.get(capture.orderId)?.units[capture.unit]?.captureIds.push(capture.id);
  if (capture.authorizationId !== undefined) {
    state.authorizations.get(capture.authorizationId)?.captureIds.push(capture.id);
  }
  const { invoiceId } = capture;
  if (invoiceId === undefined) return;
  state.capturedInvoices.set(invoiceId, [...(state.capturedInvoices.get(invoiceId) ?? []), capture.id]);
}
