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
    purchase_units: order.units.map((unit, index) => renderUnit(world, order, unit, index)),
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
  const payments = order.units.map((_unit, index) => renderPayments(world, order, index));
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

function renderUnit(world: World, order: Order, unit: PurchaseUnit, index: number): Rendered {
  const payments = renderPayments(world, order, index);
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
function renderPayments(world: World, order: Order, unit: number): Rendered | undefined {
  const { authorizations, captures, refunds } = world.state;
  const ofUnit = (item: { orderId: string; unit: number }) => item.orderId === order.id && item.unit === unit;
  const authorized = [...authorizations.values()].filter(ofUnit);
  const captured = [...captures.values()].filter(ofUnit);
  if (authorized.length + captured.length === 0) return undefined;
  const ids = new Set(captured.map((capture) => capture.id));
  const refunded = [...refunds.values()].filter((refund) => ids.has(refund.captureId));
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
