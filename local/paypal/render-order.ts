import { findAuthorization, findCapture, findRefund } from './find-resource';
import { orderLinks } from './links';
import { merchant } from './merchant';
import { toWire } from './money';
import { type Rendered, renderAuthorization, renderCapture, renderRefund } from './render-payment';
import type { Order, PurchaseUnit } from './state';
import { isoSeconds, type World } from './world';

/** The whole order: GET, `Prefer: return=representation`, and the resource of CHECKOUT.ORDER.* events. */
export function renderOrder(world: World, order: Order): Rendered {
  return {
    id: order.id,
    intent: order.intent,
    status: order.status,
    ...renderPayer(order),
    purchase_units: order.units.map((unit) => renderUnit(world, unit)),
    create_time: isoSeconds(order.createdAt),
    update_time: isoSeconds(order.updatedAt),
    links: orderLinks(world, order),
  };
}

/**
 * `Prefer: return=minimal`, the default: id, status and links, and, once there are payments, the payments by
 * unit and the payer. (PayPal's own server samples read the capture from a minimal answer.)
 */
export function renderMinimalOrder(world: World, order: Order): Rendered {
  const payments = order.units.map((unit) => renderPayments(world, unit));
  const paid = payments.some((unit) => unit !== undefined);
  return {
    id: order.id,
    status: order.status,
    ...(order.payerAction || paid ? renderPayer(order) : {}),
    ...(paid
      ? {
          purchase_units: order.units.map((unit, index) => ({
            reference_id: unit.referenceId,
            ...(payments[index] === undefined ? {} : { payments: payments[index] }),
          })),
        }
      : {}),
    links: orderLinks(world, order),
  };
}

function renderUnit(world: World, unit: PurchaseUnit): Rendered {
  const payments = renderPayments(world, unit);
  return {
    reference_id: unit.referenceId,
    amount: {
      ...toWire(unit.amount),
      ...(unit.breakdown === undefined ? {} : { breakdown: unit.breakdown }),
    },
    payee: merchant,
    ...(unit.description === undefined ? {} : { description: unit.description }),
    ...(unit.customId === undefined ? {} : { custom_id: unit.customId }),
    ...(unit.invoiceId === undefined ? {} : { invoice_id: unit.invoiceId }),
    ...(unit.softDescriptor === undefined ? {} : { soft_descriptor: unit.softDescriptor }),
    ...(unit.items === undefined ? {} : { items: unit.items }),
    ...(unit.shipping === undefined ? {} : { shipping: unit.shipping }),
    ...(payments === undefined ? {} : { payments }),
  };
}

/** The payment_collection of one unit, or undefined while nothing was paid. */
function renderPayments(world: World, unit: PurchaseUnit): Rendered | undefined {
  if (unit.authorizationIds.length + unit.captureIds.length === 0) return undefined;
  const authorized = unit.authorizationIds.map((id) => findAuthorization(world, id));
  const captured = unit.captureIds.map((id) => findCapture(world, id));
  const refunded = captured
    .flatMap(({ refundIds }) => refundIds.map((id) => findRefund(world, id)))
    .filter(({ isHidden }) => isHidden !== true);
  return {
    ...(authorized.length > 0
      ? { authorizations: authorized.map((item) => renderAuthorization(world, item)) }
      : {}),
    ...(captured.length > 0 ? { captures: captured.map((item) => renderCapture(world, item)) } : {}),
    ...(refunded.length > 0 ? { refunds: refunded.map((item) => renderRefund(world, item)) } : {}),
  };
}

function renderPayer({ payer, payerAction }: Order): Rendered {
  if (payer === undefined) return payerAction ? { payment_source: { paypal: {} } } : {};
  const name = { given_name: payer.givenName, surname: payer.surname };
  const address = { country_code: payer.countryCode };
  return {
    payment_source: {
      paypal: {
        email_address: payer.email,
        account_id: payer.payerId,
        account_status: 'VERIFIED',
        name,
        address,
      },
    },
    payer: { email_address: payer.email, payer_id: payer.payerId, name, address },
  };
}
