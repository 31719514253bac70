import type { IncomingMessage, ServerResponse } from 'node:http';

/** What the payer sees on coming back from PayPal, by path. */
const PAGES: Readonly<Record<string, { readonly title: string; readonly text: string }>> = {
  '/payments/return': {
    title: 'Approved',
    text: 'The payer approved. Now your site calls POST /api/payments/confirm-paypal with this order.',
  },
  '/payments/cancel': {
    title: 'Canceled',
    text: 'The payer went back without approving. Nothing was charged.',
  },
};

/**
 * Stands in for your site, where PayPal sends payers back to, when no SITE_URL is given.
 *
 * @returns false for every other request
 */
export function answerSite(request: IncomingMessage, response: ServerResponse): boolean {
  const [path = '', query = ''] = (request.url ?? '').split('?');
  const page = PAGES[path];
  if (page === undefined || request.method !== 'GET') return false;
  const order = new URLSearchParams(query).get('token') ?? '';
  const named = /^[A-Z0-9]{1,36}$/.test(order) ? `<p>Order <code>${order}</code></p>` : '';
  response.writeHead(200, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
  });
  response.end(`<!doctype html><html lang="en"><meta charset="utf-8"><title>${page.title}</title>
<style>body{font:16px/1.5 system-ui;max-width:34rem;margin:15vh auto;padding:0 1rem}</style>
<h1>${page.title}</h1>${named}<p>${page.text}</p></html>`);
  return true;
}
