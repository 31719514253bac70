import { escapeHtml } from '#shared/kernel/escape-html';
import type { HttpReply, HttpRequest } from '../doubles/http-messages';
import type { Route } from '../doubles/route-table';
import { showAmount } from './currencies';
import { authenticateIntent } from './payment-intents/confirm-intent';
import type { StoredPaymentIntent } from './stored-objects';
import { StripeRefusal } from './stripe-error';
import type { World } from './world';

/**
 * The bank's 3-D Secure page that `next_action` links to: a person clicks, the payment goes on, and the browser
 * returns to `return_url` with `payment_intent`, `payment_intent_client_secret` and `redirect_status`, as from Stripe.
 * The buttons post `outcome=succeed|fail` to the page's own address.
 */
export function authenticationPage(world: World): Route[] {
  const pattern = '/3ds/{id}';

  function find(request: HttpRequest): StoredPaymentIntent | undefined {
    const intent = world.store.paymentIntents.get(request.params.id ?? '');
    return intent?.client_secret === request.query.get('client_secret') ? intent : undefined;
  }

  return [
    {
      method: 'GET',
      pattern,
      handle: (request) => {
        const intent = find(request);
        if (!intent) return page(404, 'No such payment.');
        if (intent.status !== 'requires_action') return page(200, `This payment is ${intent.status}.`);
        const amount = escapeHtml(showAmount(intent.amount, intent.currency));
        return page(
          200,
          `Your bank asks: pay ${amount}?</p><form method="post"><button name="outcome" value="succeed">Complete authentication</button> <button name="outcome" value="fail">Fail authentication</button></form><p>`,
        );
      },
    },
    {
      method: 'POST',
      pattern,
      handle: (request) => {
        const intent = find(request);
        if (!intent) return page(404, 'No such payment.');
        const chosen = new URLSearchParams(request.rawBody.toString('utf8')).get('outcome');
        try {
          authenticateIntent(world, intent, chosen === 'succeed' ? 'succeed' : 'fail');
        } catch (error) {
          if (!(error instanceof StripeRefusal)) throw error;
          return page(409, escapeHtml(error.message));
        }
        return goBack(request.query.get('return_url'), intent);
      },
    },
  ];
}

function goBack(returnUrl: string | null, intent: StoredPaymentIntent): HttpReply {
  const isPaid = intent.status !== 'requires_payment_method';
  if (!returnUrl || !URL.canParse(returnUrl) || !/^https?:/i.test(returnUrl)) {
    return page(200, isPaid ? 'Authenticated. You can close this page.' : 'Authentication failed.');
  }
  const location = new URL(returnUrl);
  location.searchParams.set('payment_intent', intent.id);
  location.searchParams.set('payment_intent_client_secret', intent.client_secret ?? '');
  location.searchParams.set('redirect_status', isPaid ? 'succeeded' : 'failed');
  return { status: 303, headers: { location: location.href } };
}

function page(status: number, content: string): HttpReply {
  return {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
    },
    body: `<!doctype html><html lang="en"><meta charset="utf-8"><title>3-D Secure (test)</title><body style="font:16px sans-serif;max-width:32em;margin:4em auto"><h1>3-D Secure test page</h1><p>${content}</p></body></html>`,
  };
}
