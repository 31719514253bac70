import type { Money } from './money';
import { toWire } from './money';
import { renderOrder } from './render-order';
import {
  type Rendered,
  renderAuthorizationResource,
  renderCaptureResource,
  renderRefund,
} from './render-payment';
import type { Authorization, Capture, Order, Refund, StoredEvent } from './state';
import type { World } from './world';

/** The event names of developer.paypal.com/api/rest/webhooks/event-names that the double can cause. */
export const eventTypes = {
  'CHECKOUT.ORDER.APPROVED': 'A buyer approved a checkout order.',
  'CHECKOUT.ORDER.COMPLETED': 'A checkout order is processed.',
  'CHECKOUT.PAYMENT-APPROVAL.REVERSED': 'A payment approval was reversed: it was not captured in time.',
  'PAYMENT.AUTHORIZATION.CREATED': 'A payment authorization is created.',
  'PAYMENT.AUTHORIZATION.VOIDED': 'A payment authorization is voided.',
  'PAYMENT.CAPTURE.COMPLETED': 'A payment capture completes.',
  'PAYMENT.CAPTURE.DECLINED': 'A payment capture is declined.',
  'PAYMENT.CAPTURE.DENIED': 'A payment capture is denied.',
  'PAYMENT.CAPTURE.PENDING': 'The state of a payment capture changes to pending.',
  'PAYMENT.CAPTURE.REFUNDED': 'A merchant refunds a payment capture.',
  'PAYMENT.CAPTURE.REVERSED': 'PayPal reverses a payment capture.',
  'PAYMENT.REFUND.FAILED': 'A refund fails.',
  'PAYMENT.REFUND.PENDING': 'A refund is pending.',
  'CUSTOMER.DISPUTE.CREATED': 'A dispute is created.',
  'CUSTOMER.DISPUTE.UPDATED': 'A dispute is updated.',
  'CUSTOMER.DISPUTE.RESOLVED': 'A dispute is resolved.',
} as const;

export type EventType = keyof typeof eventTypes;

const symbols: Record<string, string> = { USD: '$ ', EUR: '€ ', GBP: '£ ', JPY: '¥ ' };

function inWords(amount: Money): string {
  const wire = toWire(amount);
  return `${symbols[wire.currency_code] ?? ''}${wire.value} ${wire.currency_code}`;
}

export type Subject = { resourceType: string; resource: Rendered; summary: string; ids: string[] };

export function notifyOrder(
  world: World,
  type: 'CHECKOUT.ORDER.APPROVED' | 'CHECKOUT.ORDER.COMPLETED',
  order: Order,
): void {
  const summary =
    type === 'CHECKOUT.ORDER.APPROVED' ? 'An order has been approved by buyer' : 'Checkout Order Completed';
  notify(world, type, {
    resourceType: 'checkout-order',
    resource: renderOrder(world, order),
    summary,
    ids: [order.id],
  });
}

/** The documented resource names the order `order_id`; real ones carry `id` too, so the double sends both. */
export function notifyApprovalReversed(world: World, order: Order): void {
  const { payment_source } = renderOrder(world, order);
  notify(world, 'CHECKOUT.PAYMENT-APPROVAL.REVERSED', {
    resourceType: 'payment_approval',
    resource: {
      id: order.id,
      order_id: order.id,
      purchase_units: order.units.map((unit) => ({
        reference_id: unit.referenceId,
        amount: toWire(unit.amount),
        ...(unit.customId === undefined ? {} : { custom_id: unit.customId }),
        ...(unit.invoiceId === undefined ? {} : { invoice_id: unit.invoiceId }),
      })),
      ...(payment_source === undefined ? {} : { payment_source }),
    },
    summary: 'A payment has been reversed after approval.',
    ids: [order.id],
  });
}

export function notifyCapture(
  world: World,
  type: `PAYMENT.CAPTURE.${'COMPLETED' | 'PENDING' | 'DENIED' | 'DECLINED'}`,
  capture: Capture,
): void {
  const amount = inWords(capture.amount);
  const summaries = {
    'PAYMENT.CAPTURE.COMPLETED': `Payment completed for ${amount}`,
    'PAYMENT.CAPTURE.PENDING': `Payment pending for ${amount}`,
    'PAYMENT.CAPTURE.DENIED': `A ${amount} capture payment was denied`,
    'PAYMENT.CAPTURE.DECLINED': `A ${amount} capture payment was declined`,
  };
  notify(world, type, {
    resourceType: 'capture',
    resource: renderCaptureResource(world, capture),
    summary: summaries[type],
    ids: [capture.id, capture.orderId],
  });
}

/** Refunds and reversals: the resource is the refund, its `up` link leads to the capture. */
export function notifyRefund(
  world: World,
  type:
    | 'PAYMENT.CAPTURE.REFUNDED'
    | 'PAYMENT.CAPTURE.REVERSED'
    | 'PAYMENT.REFUND.PENDING'
    | 'PAYMENT.REFUND.FAILED',
  refund: Refund,
): void {
  const amount = inWords(refund.amount);
  const summaries = {
    'PAYMENT.CAPTURE.REFUNDED': `A ${amount} capture payment was refunded`,
    'PAYMENT.CAPTURE.REVERSED': `A ${amount} capture payment was reversed`,
    'PAYMENT.REFUND.PENDING': `A refund of ${amount} is pending`,
    'PAYMENT.REFUND.FAILED': `A refund of ${amount} failed`,
  };
  notify(world, type, {
    resourceType: 'refund',
    resource: renderRefund(world, refund),
    summary: summaries[type],
    ids: [refund.id, refund.captureId],
  });
}

export function notifyAuthorization(
  world: World,
  type: 'PAYMENT.AUTHORIZATION.CREATED' | 'PAYMENT.AUTHORIZATION.VOIDED',
  authorization: Authorization,
): void {
  const created = `A payment authorization is created for ${inWords(authorization.amount)}`;
  notify(world, type, {
    resourceType: 'authorization',
    resource: renderAuthorizationResource(world, authorization),
    summary: type === 'PAYMENT.AUTHORIZATION.CREATED' ? created : 'A payment authorization was voided',
    ids: [authorization.id, authorization.orderId],
  });
}

/** Stores the event, text and all, and hands it to the deliverer. The stored text is what gets signed. */
export function notify(
  world: World,
  type: EventType,
  { resourceType, resource, summary, ids }: Subject,
): void {
  const at = world.now();
  const id = `WH-${world.newId(17)}-${world.newId(17)}`;
  const self = `${world.url}/v1/notifications/webhooks-events/${id}`;
  const event: StoredEvent = {
    id,
    type,
    createdAt: at,
    transactionIds: ids,
    body: JSON.stringify({
      id,
      event_version: '1.0',
      create_time: new Date(at).toISOString(),
      resource_type: resourceType,
      resource_version: '2.0',
      event_type: type,
      summary,
      resource,
      links: [
        { href: self, rel: 'self', method: 'GET' },
        { href: `${self}/resend`, rel: 'resend', method: 'POST' },
      ],
    }),
  };
  world.state.events.set(event.id, event);
  world.deliver(event);
}
