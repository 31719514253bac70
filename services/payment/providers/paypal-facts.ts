import { isUuid } from '#shared/kernel/ids';
import { readCustomId } from '../domain/call-key';
import type { Fact } from '../domain/fact-kinds';
import type { MadeCall, Observation } from '../domain/observation';
import type { OpenStatus } from '../domain/open-status';
import { minorOfPayPal } from './paypal-amounts';
import type { PayPalCapture as Capture, PayPalOrder as Order, PayPalRefund } from './paypal-objects';
import { type CaptureState, looksDisputed, withdrawalOf } from './paypal-reversals';

/** A refunded capture was completed first; what came back is in the refunds. */
const CAPTURE_STATUS: Readonly<Record<Capture['status'], string>> = {
  PENDING: 'pending',
  DECLINED: 'failed',
  FAILED: 'failed',
  COMPLETED: 'succeeded',
  PARTIALLY_REFUNDED: 'succeeded',
  REFUNDED: 'succeeded',
};

const REFUND_STATUS: Readonly<Record<PayPalRefund['status'], string>> = {
  PENDING: 'pending',
  COMPLETED: 'succeeded',
  CANCELLED: 'canceled',
  FAILED: 'failed',
};

const OPEN_STATUS: Readonly<Record<Order['status'], OpenStatus | null>> = {
  CREATED: 'requires_action',
  SAVED: 'requires_action',
  PAYER_ACTION_REQUIRED: 'requires_action',
  // The payer agreed; nothing is taken until we capture.
  APPROVED: 'requires_confirmation',
  COMPLETED: null,
  VOIDED: null,
};

const factsOfCapture = (item: Capture): readonly Fact[] => {
  const status = CAPTURE_STATUS[item.status];
  const currency = item.amount.currency_code;
  const amountMinor = status === 'succeeded' ? minorOfPayPal(item.amount) : 0n;
  const taken: Fact = { kind: 'capture', objectId: item.id, status, amountMinor, currency, parentId: null };
  const fee = item.seller_receivable_breakdown?.paypal_fee;
  if (
    status !== 'succeeded' ||
    fee === undefined ||
    fee.currency_code !== currency ||
    minorOfPayPal(fee) === 0n
  )
    return [taken];
  const charged: Fact = {
    kind: 'fee',
    objectId: item.id,
    status: 'charged',
    amountMinor: minorOfPayPal(fee),
    currency,
    parentId: item.id,
  };
  return [taken, charged];
};

/** A refund names its capture in the link up. */
export const captureIdOf = (refund: Pick<PayPalRefund, 'links'>): string | null =>
  refund.links
    ?.filter((link) => link.rel === 'up')
    .map((link) => /\/captures\/([\w-]{1,255})$/.exec(link.href)?.[1])
    .find((captureId) => captureId !== undefined) ?? null;

/** A refund, and the part of PayPal's fee that came back with it (none, as a rule). */
export const factsOfRefund = (refund: PayPalRefund, captureId: string): readonly Fact[] => {
  const base = { objectId: refund.id, currency: refund.amount.currency_code, parentId: captureId };
  const status = REFUND_STATUS[refund.status];
  const given: Fact = { ...base, kind: 'refund', status, amountMinor: minorOfPayPal(refund.amount) };
  const fee = refund.seller_payable_breakdown?.paypal_fee;
  const isReturned = status === 'succeeded' && fee?.currency_code === base.currency;
  if (fee === undefined || !isReturned || minorOfPayPal(fee) === 0n) return [given];
  return [given, { ...base, kind: 'fee_return', status: 'returned', amountMinor: minorOfPayPal(fee) }];
};

/** The call of ours that made a refund: its key is the refund's `custom_id`, which an order lists as the refund itself does. */
export const callOfRefund = ({ id: resultRef, custom_id }: PayPalRefund): readonly MadeCall[] => {
  const key = readCustomId(custom_id);
  return key === null ? [] : [{ key, resultRef }];
};

/** The ids of an order's captures that look as if somebody disputes them. */
export const disputedCaptures = (order: Order): readonly string[] =>
  captureStates(order.purchase_units[0])
    .filter(looksDisputed)
    .map(({ id }) => id);

/** A refund that does not say what it refunds counts for every capture: better to see too little missing than too much. */
const captureStates = (unit: Order['purchase_units'][number] | undefined): readonly CaptureState[] =>
  (unit?.payments?.captures ?? []).map((item) => ({
    id: item.id,
    status: item.status,
    reason: item.status_details?.reason,
    updateTime: item.update_time,
    amountMinor: minorOfPayPal(item.amount),
    currency: item.amount.currency_code,
    refundedMinor: (unit?.payments?.refunds ?? [])
      .filter((refund) => (captureIdOf(refund) ?? item.id) === item.id)
      .filter(({ status }) => status === 'COMPLETED' || status === 'PENDING')
      .reduce((total, { amount }) => total + minorOfPayPal(amount), 0n),
  }));

/** Everything an order says. `seenAt`: when it was read, ISO 8601, for orders that do not say when they last changed. */
export const observeOrder = (order: Order, seenAt: string): Observation => {
  const unit = order.purchase_units[0];
  const captures = unit?.payments?.captures ?? [];
  const onlyCapture = captures.length === 1 ? (captures[0]?.id ?? null) : null;
  const refunds = (unit?.payments?.refunds ?? []).flatMap((refund) => {
    const captureId = captureIdOf(refund) ?? onlyCapture;
    return captureId === null ? [] : factsOfRefund(refund, captureId);
  });
  const currency = unit?.amount?.currency_code ?? captures[0]?.amount.currency_code ?? 'USD';
  const voided: readonly Fact[] =
    order.status === 'VOIDED'
      ? [
          {
            kind: 'cancellation',
            objectId: order.id,
            status: 'canceled',
            amountMinor: 0n,
            currency,
            parentId: null,
          },
        ]
      : [];
  const allFailed = captures.length > 0 && captures.every((item) => CAPTURE_STATUS[item.status] === 'failed');
  const open = allFailed && order.status === 'COMPLETED' ? 'failed' : OPEN_STATUS[order.status];
  const paymentId = unit?.custom_id ?? '';
  return {
    provider: 'paypal',
    providerRef: order.id,
    paymentId: isUuid(paymentId) ? paymentId : null,
    asked:
      unit?.amount === undefined
        ? null
        : { amountMinor: minorOfPayPal(unit.amount), currency: unit.amount.currency_code },
    facts: [
      ...captures.flatMap(factsOfCapture),
      ...refunds,
      ...captureStates(unit).flatMap((capture) => withdrawalOf(capture, seenAt)),
      ...voided,
    ],
    open: open === null ? null : { status: open, at: timeOf(order, seenAt), errorCode: null },
    calls: (unit?.payments?.refunds ?? []).flatMap(callOfRefund),
  };
};

const timeOf = ({ update_time: updated = '' }: Order, seenAt: string): string =>
  Number.isNaN(Date.parse(updated)) ? seenAt : new Date(updated).toISOString();
