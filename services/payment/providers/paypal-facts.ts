import * as z from 'zod/mini';
import { isUuid } from '#shared/kernel/ids';
import { readCustomId } from '../domain/call-key';
import type { Fact } from '../domain/fact-kinds';
import type { MadeCall, Observation } from '../domain/observation';
import type { OpenStatus } from '../domain/open-status';
import { fromPayPalValue } from '../domain/provider-scale';

/**
 * PayPal's objects and the facts in them (Orders v2 and Payments v2). Only what facts need is kept: a parsed object holds no
 * personal data.
 */
const id = z.string().check(z.regex(/^[\w-]{1,255}$/));
const money = z.object({ currency_code: z.string().check(z.regex(/^[A-Z]{3}$/)), value: z.string() });
const links = z.optional(z.array(z.object({ rel: z.string(), href: z.string() })));

const capture = z.object({
  id,
  status: z.enum(['COMPLETED', 'DECLINED', 'PARTIALLY_REFUNDED', 'PENDING', 'REFUNDED', 'FAILED']),
  amount: money,
  seller_receivable_breakdown: z.optional(z.object({ paypal_fee: z.optional(money) })),
});

export const paypalRefund = z.object({
  id,
  status: z.enum(['CANCELLED', 'FAILED', 'PENDING', 'COMPLETED']),
  amount: money,
  custom_id: z.optional(z.string()),
  links,
});

const authorization = z.object({
  id,
  status: z.enum(['CREATED', 'CAPTURED', 'DENIED', 'PARTIALLY_CAPTURED', 'VOIDED', 'PENDING']),
  amount: money,
});

export const paypalOrder = z.object({
  id,
  status: z.enum(['CREATED', 'SAVED', 'APPROVED', 'VOIDED', 'COMPLETED', 'PAYER_ACTION_REQUIRED']),
  update_time: z.optional(z.string()),
  purchase_units: z.array(
    z.object({
      custom_id: z.optional(z.string()),
      amount: z.optional(money),
      payments: z.optional(
        z.object({
          captures: z.optional(z.array(capture)),
          refunds: z.optional(z.array(paypalRefund)),
          authorizations: z.optional(z.array(authorization)),
        }),
      ),
    }),
  ),
});

type Order = z.infer<typeof paypalOrder>;
type Capture = z.infer<typeof capture>;
export type PayPalRefund = z.infer<typeof paypalRefund>;

/** An amount that does not fit its currency at PayPal: a defect of theirs or ours, never to be rounded away. */
export class UnreadablePayPalAmountError extends Error {
  override readonly name = 'UnreadablePayPalAmountError';
}

const minor = ({ currency_code, value }: z.infer<typeof money>): bigint => {
  const amountMinor = fromPayPalValue(value, currency_code);
  if (amountMinor === null)
    throw new UnreadablePayPalAmountError(`cannot read a PayPal amount in ${currency_code}`);
  return amountMinor;
};

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
  const amountMinor = status === 'succeeded' ? minor(item.amount) : 0n;
  const taken: Fact = { kind: 'capture', objectId: item.id, status, amountMinor, currency, parentId: null };
  const fee = item.seller_receivable_breakdown?.paypal_fee;
  if (status !== 'succeeded' || fee === undefined || fee.currency_code !== currency || minor(fee) === 0n)
    return [taken];
  const charged: Fact = {
    kind: 'fee',
    objectId: item.id,
    status: 'charged',
    amountMinor: minor(fee),
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

export const factsOfRefund = (refund: PayPalRefund, captureId: string): readonly Fact[] => [
  {
    kind: 'refund',
    objectId: refund.id,
    status: REFUND_STATUS[refund.status],
    amountMinor: minor(refund.amount),
    currency: refund.amount.currency_code,
    parentId: captureId,
  },
];

/** The call of ours that made a refund: its key is the refund's `custom_id`, which an order lists as the refund itself does. */
export const callOfRefund = ({ id: resultRef, custom_id }: PayPalRefund): readonly MadeCall[] => {
  const key = readCustomId(custom_id);
  return key === null ? [] : [{ key, resultRef }];
};

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
        : { amountMinor: minor(unit.amount), currency: unit.amount.currency_code },
    facts: [...captures.flatMap(factsOfCapture), ...refunds, ...voided],
    open: open === null ? null : { status: open, at: timeOf(order, seenAt), errorCode: null },
    calls: (unit?.payments?.refunds ?? []).flatMap(callOfRefund),
  };
};

const timeOf = ({ update_time: updated = '' }: Order, seenAt: string): string =>
  Number.isNaN(Date.parse(updated)) ? seenAt : new Date(updated).toISOString();
