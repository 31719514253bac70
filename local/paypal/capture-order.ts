import { captureFunds, refuseKnownInvoice, takeCaptureRule } from './capture-funds';
import { findOrder } from './find-resource';
import { approvalUrl } from './links';
import { notifyAuthorization, notifyOrder } from './notify';
import { PayPalError } from './paypal-error';
import type { Authorization, CaptureRule, Order } from './state';
import { dayMs, type World } from './world';

/** POST /v2/checkout/orders/{id}/capture: every unit is captured, the order is COMPLETED. */
export function captureOrder(world: World, id: string): Order {
  const order = findOrder(world, id);
  if (order.intent !== 'CAPTURE') throw PayPalError.unprocessable('ACTION_DOES_NOT_MATCH_INTENT');
  if (order.status === 'COMPLETED') throw PayPalError.unprocessable('ORDER_ALREADY_CAPTURED');
  refuseUnapproved(order);
  for (const unit of order.units) refuseKnownInvoice(world, unit.invoiceId);
  const rule = takeCaptureRule(world, id);
  if (rule?.outcome === 'ERROR') throw captureError(world, order, rule);

  complete(world, order);
  for (const [index, unit] of order.units.entries()) {
    const { amount, invoiceId, customId } = unit;
    captureFunds(
      world,
      {
        orderId: id,
        unit: index,
        authorizationId: undefined,
        amount,
        invoiceId,
        customId,
        finalCapture: true,
      },
      rule,
    );
  }
  notifyOrder(world, 'CHECKOUT.ORDER.COMPLETED', order);
  return order;
}

/** POST /v2/checkout/orders/{id}/authorize: the funds are held for 29 days, to be captured later. */
export function authorizeOrder(world: World, id: string): Order {
  const order = findOrder(world, id);
  if (order.intent !== 'AUTHORIZE') throw PayPalError.unprocessable('ACTION_DOES_NOT_MATCH_INTENT');
  if (order.status === 'COMPLETED') throw PayPalError.unprocessable('ORDER_ALREADY_AUTHORIZED');
  refuseUnapproved(order);
  complete(world, order);
  for (const [index, unit] of order.units.entries()) {
    const authorization: Authorization = {
      id: world.newId(17),
      orderId: id,
      unit: index,
      amount: unit.amount,
      status: 'CREATED',
      invoiceId: unit.invoiceId,
      customId: unit.customId,
      createdAt: order.updatedAt,
      updatedAt: order.updatedAt,
      expiresAt: order.updatedAt + 29 * dayMs,
      captureIds: [],
    };
    unit.authorizationIds.push(authorization.id);
    world.state.authorizations.set(authorization.id, authorization);
    notifyAuthorization(world, 'PAYMENT.AUTHORIZATION.CREATED', authorization);
  }
  return order;
}

function refuseUnapproved(order: Order): void {
  if (order.status === 'VOIDED') throw PayPalError.unprocessable('ORDER_EXPIRED');
  if (order.status !== 'APPROVED') throw PayPalError.unprocessable('ORDER_NOT_APPROVED');
}

function complete(world: World, order: Order): void {
  order.status = 'COMPLETED';
  order.updatedAt = world.now();
}

/** A refused capture leaves the order APPROVED; the answer says where to send the payer for another try. */
function captureError(world: World, order: Order, rule: CaptureRule): PayPalError {
  const issue = rule.reason ?? 'INSTRUMENT_DECLINED';
  const rel = issue === 'PAYER_ACTION_REQUIRED' ? 'payer-action' : 'redirect';
  return PayPalError.unprocessable(issue, {}, [{ href: approvalUrl(world, order.id), rel, method: 'GET' }]);
}
