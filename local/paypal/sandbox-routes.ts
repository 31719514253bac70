import { type HttpReply, type HttpRequest, jsonReply } from '../doubles/http-messages';
import type { Route } from '../doubles/route-table';
import { readJson } from './api-reply';
import { approvalPage, messagePage } from './approval-page';
import { approveOrder } from './approve-order';
import { watchApproval } from './deadlines';
import { findOrder } from './find-resource';
import { PayPalError } from './paypal-error';
import { readChoice, readObject } from './read-field';
import { renderOrder } from './render-order';
import type { Order } from './state';
import type { World } from './world';

const outcomes = ['approve', 'cancel'] as const;

/**
 * The payer's side, which needs no merchant token: the page behind the approval link, and the same by API
 * (`POST /sandbox/orders/{id}/approve`, optional body `{outcome: 'approve' | 'cancel', payer: {...}}`,
 * answers `{order, redirect_url}`).
 */
export function sandboxRoutes(world: World): Route[] {
  function decide(id: string, outcome: (typeof outcomes)[number], body: unknown): Order {
    if (outcome === 'cancel') return findOrder(world, id);
    const order = approveOrder(world, id, body);
    watchApproval(world, order);
    return order;
  }

  function byApi(request: HttpRequest): HttpReply {
    const body = readObject(readJson(request), '/');
    const outcome = readChoice(body, 'outcome', outcomes, '', 'approve');
    const order = decide(request.params.id ?? '', outcome, body);
    return jsonReply(200, {
      order: renderOrder(world, order),
      redirect_url: returnAddress(order, outcome) ?? null,
    });
  }

  function show(request: HttpRequest): HttpReply {
    return payerPage(() => {
      const order = findOrder(world, request.query.get('token') ?? '');
      if (order.status === 'CREATED' || order.status === 'PAYER_ACTION_REQUIRED')
        return html(200, approvalPage(order));
      return html(200, messagePage('Nothing to approve', `Order ${order.id} is ${order.status}.`));
    });
  }

  function submit(request: HttpRequest): HttpReply {
    const form = new URLSearchParams(request.rawBody.toString('utf8'));
    return payerPage(() => {
      const outcome = form.get('outcome') === 'approve' ? 'approve' : 'cancel';
      const order = decide(form.get('token') ?? '', outcome, {});
      const location = returnAddress(order, outcome);
      if (location !== undefined) return { status: 303, headers: { location } };
      const [title, text] =
        outcome === 'approve'
          ? ['Approved', 'The merchant can capture the payment now. You may close this page.']
          : ['Cancelled', 'Nothing was approved. You may close this page.'];
      return html(200, messagePage(title, text));
    });
  }

  return [
    { method: 'POST', pattern: '/sandbox/orders/{id}/approve', handle: byApi },
    { method: 'GET', pattern: '/checkoutnow', handle: show },
    { method: 'POST', pattern: '/checkoutnow', handle: submit },
  ];
}

/** The merchant's return_url with `token` and `PayerID`, or its cancel_url with `token`, as PayPal appends them. */
export function returnAddress(order: Order, outcome: 'approve' | 'cancel'): string | undefined {
  const base = outcome === 'approve' ? order.returnUrl : order.cancelUrl;
  if (base === undefined) return undefined;
  const url = new URL(base);
  url.searchParams.set('token', order.id);
  if (outcome === 'approve' && order.payer !== undefined)
    url.searchParams.set('PayerID', order.payer.payerId);
  return url.href;
}

/** For people, an error is a page. */
function payerPage(make: () => HttpReply): HttpReply {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof PayPalError)) throw error;
    return html(
      error.status,
      messagePage('This does not work', `${error.details[0]?.description ?? error.message}`),
    );
  }
}

function html(status: number, body: string): HttpReply {
  return {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      // No form-action here: browsers apply it to the redirect back to the merchant, too.
      'content-security-policy':
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
    },
    body,
  };
}
