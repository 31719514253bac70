import type { Dispute } from './dispute-state';
import type { Authorization, Capture, Order, Refund } from './state';
import type { World } from './world';

export type Link = { href: string; rel: string; method: string };

/** Where the payer goes to approve: the double's own page, as www.sandbox.paypal.com/checkoutnow is PayPal's. */
export function approvalUrl(world: World, orderId: string): string {
  return `${world.url}/checkoutnow?token=${orderId}`;
}

/** HATEOAS links of an order; which ones depends on what may be done with it now. */
export function orderLinks(world: World, order: Order): Link[] {
  const self = `${world.url}/v2/checkout/orders/${order.id}`;
  const links: Link[] = [{ href: self, rel: 'self', method: 'GET' }];
  if (order.status === 'COMPLETED' || order.status === 'VOIDED') return links;
  if (order.status !== 'APPROVED') {
    const rel = order.payerAction ? 'payer-action' : 'approve';
    links.push({ href: approvalUrl(world, order.id), rel, method: 'GET' });
  }
  const verb = order.intent === 'CAPTURE' ? 'capture' : 'authorize';
  links.push({ href: self, rel: 'update', method: 'PATCH' });
  links.push({ href: `${self}/${verb}`, rel: verb, method: 'POST' });
  return links;
}

export function captureLinks(world: World, capture: Capture): Link[] {
  const self = `${world.url}/v2/payments/captures/${capture.id}`;
  const up =
    capture.authorizationId === undefined
      ? `${world.url}/v2/checkout/orders/${capture.orderId}`
      : `${world.url}/v2/payments/authorizations/${capture.authorizationId}`;
  return [
    { href: self, rel: 'self', method: 'GET' },
    { href: `${self}/refund`, rel: 'refund', method: 'POST' },
    { href: up, rel: 'up', method: 'GET' },
  ];
}

export function refundLinks(world: World, refund: Refund): Link[] {
  return [
    { href: `${world.url}/v2/payments/refunds/${refund.id}`, rel: 'self', method: 'GET' },
    { href: `${world.url}/v2/payments/captures/${refund.captureId}`, rel: 'up', method: 'GET' },
  ];
}

export function authorizationLinks(world: World, authorization: Authorization): Link[] {
  const self = `${world.url}/v2/payments/authorizations/${authorization.id}`;
  return [
    { href: self, rel: 'self', method: 'GET' },
    { href: `${self}/capture`, rel: 'capture', method: 'POST' },
    { href: `${self}/void`, rel: 'void', method: 'POST' },
    { href: `${world.url}/v2/checkout/orders/${authorization.orderId}`, rel: 'up', method: 'GET' },
  ];
}

/** A dispute's links name what the seller may do now. */
export function disputeLinks(world: World, { id, status }: Dispute): Link[] {
  const self = `${world.url}/v1/customer/disputes/${id}`;
  const links: Link[] = [{ href: self, rel: 'self', method: 'GET' }];
  if (status === 'RESOLVED') return links;
  links.push({ href: `${self}/accept-claim`, rel: 'accept_claim', method: 'POST' });
  if (status !== 'UNDER_REVIEW')
    links.push({ href: `${self}/provide-evidence`, rel: 'provide_evidence', method: 'POST' });
  return links;
}
