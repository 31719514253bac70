import { authorizationLinks, captureLinks, refundLinks } from './links';
import { merchant } from './merchant';
import { toWire } from './money';
import type { Authorization, Capture, Refund } from './state';
import { isoSeconds, type World } from './world';

export type Rendered = Record<string, unknown>;

const sellerProtection = {
  status: 'ELIGIBLE',
  dispute_categories: ['ITEM_NOT_RECEIVED', 'UNAUTHORIZED_TRANSACTION'],
};

/** A capture as it stands inside an order (`capture` of the schema). */
export function renderCapture(world: World, capture: Capture): Rendered {
  const settled = ['COMPLETED', 'PARTIALLY_REFUNDED', 'REFUNDED'].includes(capture.status);
  const { currency, minor } = capture.amount;
  return {
    id: capture.id,
    status: capture.status,
    ...(capture.reason === undefined ? {} : { status_details: { reason: capture.reason } }),
    amount: toWire(capture.amount),
    final_capture: capture.finalCapture,
    seller_protection: sellerProtection,
    // PayPal: "not available for transactions that are in pending state".
    ...(settled
      ? {
          seller_receivable_breakdown: {
            gross_amount: toWire(capture.amount),
            paypal_fee: toWire({ currency, minor: capture.fee }),
            net_amount: toWire({ currency, minor: minor - capture.fee }),
          },
        }
      : {}),
    ...(capture.invoiceId === undefined ? {} : { invoice_id: capture.invoiceId }),
    ...(capture.customId === undefined ? {} : { custom_id: capture.customId }),
    links: captureLinks(world, capture),
    create_time: isoSeconds(capture.createdAt),
    update_time: isoSeconds(capture.updatedAt),
  };
}

/** A capture as Payments v2 and webhooks show it: with payee and related ids. */
export function renderCaptureResource(world: World, capture: Capture): Rendered {
  const authorization =
    capture.authorizationId === undefined ? {} : { authorization_id: capture.authorizationId };
  return {
    ...renderCapture(world, capture),
    payee: merchant,
    supplementary_data: { related_ids: { order_id: capture.orderId, ...authorization } },
  };
}

export function renderRefund(world: World, refund: Refund): Rendered {
  const { currency } = refund.amount;
  return {
    id: refund.id,
    status: refund.status,
    ...(refund.reason === undefined ? {} : { status_details: { reason: refund.reason } }),
    amount: toWire(refund.amount),
    ...(refund.noteToPayer === undefined ? {} : { note_to_payer: refund.noteToPayer }),
    ...(refund.invoiceId === undefined ? {} : { invoice_id: refund.invoiceId }),
    ...(refund.customId === undefined ? {} : { custom_id: refund.customId }),
    // PayPal keeps its fee when a payment is refunded.
    seller_payable_breakdown: {
      gross_amount: toWire(refund.amount),
      paypal_fee: toWire({ currency, minor: 0n }),
      net_amount: toWire(refund.amount),
      total_refunded_amount: toWire({ currency, minor: refund.totalRefunded }),
    },
    payer: merchant,
    links: refundLinks(world, refund),
    create_time: isoSeconds(refund.createdAt),
    update_time: isoSeconds(refund.updatedAt),
  };
}

/** An authorization as it stands inside an order. */
export function renderAuthorization(world: World, authorization: Authorization): Rendered {
  return {
    id: authorization.id,
    status: authorization.status,
    amount: toWire(authorization.amount),
    ...(authorization.invoiceId === undefined ? {} : { invoice_id: authorization.invoiceId }),
    ...(authorization.customId === undefined ? {} : { custom_id: authorization.customId }),
    seller_protection: sellerProtection,
    expiration_time: isoSeconds(authorization.expiresAt),
    links: authorizationLinks(world, authorization),
    create_time: isoSeconds(authorization.createdAt),
    update_time: isoSeconds(authorization.updatedAt),
  };
}

export function renderAuthorizationResource(world: World, authorization: Authorization): Rendered {
  return {
    ...renderAuthorization(world, authorization),
    payee: merchant,
    supplementary_data: { related_ids: { order_id: authorization.orderId } },
  };
}
