import { findCapture, findRefund } from './find-resource';
import { bookRefund, bookReturnedRefund } from './ledger';
import { formatMinor, type Money, parseMoney } from './money';
import { notifyRefund } from './notify';
import { PayPalError } from './paypal-error';
import { readObject, readText } from './read-field';
import type { Capture, Refund, RefundStatus } from './state';
import { dayMs, type World } from './world';

/** PayPal refunds a payment for 180 days. */
const refundWindowMs = 180 * dayMs;

/** What refunds of a capture took or may still take: completed and pending ones. Minor units. */
export function refundedMinor(
  world: World,
  capture: Capture,
  statuses: readonly RefundStatus[] = ['COMPLETED', 'PENDING'],
): bigint {
  let sum = 0n;
  for (const id of capture.refundIds) {
    const { status, amount } = findRefund(world, id);
    if (statuses.includes(status)) sum += amount.minor;
  }
  return sum;
}

/** Puts a new refund, or a reversal, on record. */
export function rememberRefund(world: World, capture: Capture, refund: Refund): void {
  const { refunds, refundedInvoices } = world.state;
  refunds.set(refund.id, refund);
  capture.refundIds.push(refund.id);
  const { invoiceId, kind } = refund;
  if (invoiceId === undefined || kind === 'reversal') return;
  refundedInvoices.set(invoiceId, [...(refundedInvoices.get(invoiceId) ?? []), refund.id]);
}

/** POST /v2/payments/captures/{id}/refund: `amount` absent means all that is left. */
export function refundCapture(world: World, captureId: string, body: unknown): Refund {
  const capture = findCapture(world, captureId);
  const request = readObject(body, '/');
  const invoiceId = readText(request, 'invoice_id', 127, '');
  const customId = readText(request, 'custom_id', 127, '');
  const noteToPayer = readText(request, 'note_to_payer', 255, '');
  const asked = Object.hasOwn(request, 'amount') ? parseMoney(request.amount, '/amount') : undefined;

  const now = world.now();
  refuseUnrefundable(capture, now);
  const left = capture.amount.minor - refundedMinor(world, capture);
  const amount = checkAmount(capture, asked, left);
  refuseKnownRefundInvoice(world, invoiceId);

  const rule = takeRefundRule(world, captureId);
  const refund: Refund = {
    id: world.newId(17),
    captureId,
    kind: 'refund',
    amount,
    status: 'PENDING',
    reason: undefined,
    noteToPayer,
    invoiceId,
    customId: customId ?? capture.customId,
    totalRefunded: capture.amount.minor - left + amount.minor,
    createdAt: now,
    updatedAt: now,
  };
  rememberRefund(world, capture, refund);
  if (rule === 'PENDING') {
    refund.reason = 'ECHECK';
    notifyRefund(world, 'PAYMENT.REFUND.PENDING', refund);
  } else settleRefund(world, refund.id, rule ?? 'COMPLETED');
  return refund;
}

/**
 * A refund reaches its end: pending to completed, failed or cancelled, and completed to failed when the
 * payer's bank returns the money days later. Every other step changes nothing.
 * @returns whether anything changed
 */
export function settleRefund(world: World, id: string, to: RefundStatus): boolean {
  const refund = findRefund(world, id);
  const capture = findCapture(world, refund.captureId);
  const returned = refund.status === 'COMPLETED' && to === 'FAILED' && refund.kind === 'refund';
  if (!returned && (refund.status !== 'PENDING' || to === 'PENDING')) return false;
  refund.status = to;
  refund.reason = undefined;
  refund.updatedAt = world.now();
  if (to === 'COMPLETED') bookRefund(world, capture, refund);
  if (returned) bookReturnedRefund(world, capture, refund);
  updateCaptureStatus(world, capture);
  notifyRefund(world, to === 'COMPLETED' ? 'PAYMENT.CAPTURE.REFUNDED' : 'PAYMENT.REFUND.FAILED', refund);
  return true;
}

/** A capture is what its completed refunds and reversals leave of it. */
export function updateCaptureStatus(world: World, capture: Capture): void {
  const done = refundedMinor(world, capture, ['COMPLETED']);
  const partly = done === 0n ? 'COMPLETED' : 'PARTIALLY_REFUNDED';
  capture.status = done >= capture.amount.minor ? 'REFUNDED' : partly;
  capture.updatedAt = world.now();
}

function refuseUnrefundable(capture: Capture, now: number): void {
  if (capture.status === 'PENDING') throw PayPalError.unprocessable('PENDING_CAPTURE');
  if (capture.status === 'REFUNDED') throw PayPalError.unprocessable('CAPTURE_FULLY_REFUNDED');
  if (capture.status === 'DECLINED' || capture.status === 'FAILED') {
    throw PayPalError.unprocessable('REFUND_NOT_ALLOWED');
  }
  if (now - capture.createdAt > refundWindowMs) throw PayPalError.unprocessable('REFUND_TIME_LIMIT_EXCEEDED');
}

function checkAmount(capture: Capture, asked: Money | undefined, left: bigint): Money {
  const { currency } = capture.amount;
  if (asked !== undefined && asked.currency !== currency) {
    throw PayPalError.unprocessable('REFUND_CAPTURE_CURRENCY_MISMATCH', {
      field: '/amount/currency_code',
      value: asked.currency,
    });
  }
  const minor = asked?.minor ?? left;
  // Nothing left although the capture is not REFUNDED yet: pending refunds hold the rest.
  if (left <= 0n || minor > left) {
    throw PayPalError.unprocessable('REFUND_AMOUNT_EXCEEDED', {
      field: '/amount/value',
      value: formatMinor(currency, minor),
    });
  }
  return { currency, minor };
}

function refuseKnownRefundInvoice(world: World, invoiceId: string | undefined): void {
  if (invoiceId === undefined) return;
  for (const id of world.state.refundedInvoices.get(invoiceId) ?? []) {
    if (findRefund(world, id).status !== 'FAILED') {
      throw PayPalError.unprocessable('DUPLICATE_INVOICE_ID', { field: '/invoice_id', value: invoiceId });
    }
  }
}

function takeRefundRule(world: World, captureId: string): 'PENDING' | 'FAILED' | undefined {
  const { refundRules } = world.state;
  const index = refundRules.findIndex((rule) => rule.captureId === undefined || rule.captureId === captureId);
  return index < 0 ? undefined : refundRules.splice(index, 1)[0]?.status;
}
