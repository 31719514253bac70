import { randomBytes } from 'node:crypto';
import Stripe from 'stripe';
import type { Queryable } from '#shared/database/queryable';
import type { Tandem } from '../../local/tandem';
import type { Canaries } from './canaries';
import type { Visitor } from './visitor';

export interface Day {
  readonly tandem: Tandem;
  readonly canaries: Canaries;
  readonly visitor: Visitor;
  /** May write all tables. */
  readonly owner: Queryable;
}

export interface Account {
  readonly id: string;
  readonly email: string;
  readonly password: string;
  readonly headers: { readonly authorization: string };
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

/** Signs up and does with an account what people do, and what goes wrong with it. */
export const liveWithAccount = async ({ canaries, visitor }: Day): Promise<Account> => {
  const { call, keepTokens } = visitor;
  const email = canaries.plant('email', 'e-mail of the account');
  const password = canaries.plant('password', 'password of the sign-up');
  const signUp = { email, password, name: 'Ada', data: { favourite: 'blue' } };
  const { body } = keepTokens('sign-up', await call('POST', '/api/auth/signup', { body: signUp }));
  await call('POST', '/api/auth/signup', { body: signUp });

  const wrong = canaries.plant('password', 'wrong password');
  const stranger = canaries.plant('email', 'e-mail of nobody');
  for (const who of [email, stranger])
    await call('POST', '/api/auth/signin', { body: { email: who, password: wrong } });
  await call('POST', '/api/auth/signin', { body: { email, password: [wrong] } });
  await call('POST', '/api/auth/signin', { body: `{"email":"${email}","password":"${wrong}"` });
  await call('POST', '/api/auth/signup', { body: { email, password: wrong.repeat(9) } });
  const signedIn = keepTokens(
    'sign-in',
    await call('POST', '/api/auth/signin', { body: { email, password } }),
  );
  const session = signedIn.body.supabase_session;
  const refreshed = await call('POST', '/api/auth/refresh', {
    body: { refresh_token: session.refresh_token },
  });
  keepTokens('refresh', refreshed);
  await call('POST', '/api/auth/refresh', {
    body: { refresh_token: canaries.plant('token', 'made-up refresh token') },
  });

  await call('GET', '/api/auth/profile', { headers: bearer(signedIn.body.user.token) });
  await call('GET', '/api/auth/sessions', { headers: bearer(refreshed.body.supabase_session.access_token) });
  await call('POST', '/api/auth/magic-link', { body: { email } });
  const token = await visitor.codeFor(email);
  const verified = await call('POST', '/api/auth/verify', { body: { email, token, type: 'magiclink' } });
  keepTokens('magic link', verified);
  const madeUp = canaries.plant('code', 'made-up link');
  await call('POST', '/api/auth/verify', { body: { type: 'recovery', token_hash: madeUp } });
  for (const path of ['reset-password', 'resend'])
    for (const who of [email, stranger]) await call('POST', `/api/auth/${path}`, { body: { email: who } });

  const next = canaries.plant('password', 'next password');
  const headers = bearer(body.user.token);
  await call('POST', '/api/auth/update-password', {
    headers,
    body: { password: next, current_password: wrong },
  });
  const changed = await call('POST', '/api/auth/update-password', {
    headers,
    body: { password: next, current_password: password },
  });
  if (changed.status >= 300) throw new Error(`password not changed: ${JSON.stringify(changed.body)}`);
  keepTokens('password change', changed);
  const token2 = changed.body.user.token ?? body.user.token;
  const moved = canaries.plant('email', 'e-mail to move to');
  await call('POST', '/api/auth/email', {
    headers: bearer(token2),
    body: { email: moved, current_password: next },
  });
  await call('GET', '/api/auth/export', { headers: bearer(token2) });
  return { id: body.user.id, email, password: next, headers: bearer(token2) };
};

/** Says secrets where they do not belong: in paths, queries, headers and bodies that nobody reads. */
export const sayTooMuch = async ({ canaries, visitor, tandem }: Day, { headers }: Account): Promise<void> => {
  const { call } = visitor;
  const email = canaries.plant('email', 'e-mail in a path');
  const token = `tdm_${canaries.plant('token', 'token in a path')}`;
  for (const path of [
    email,
    encodeURIComponent(email),
    token,
    `eyJ${canaries.plant('token', 'JWT in a path')}`,
    canaries.plant('code', 'code in a path'),
  ]) {
    await call('GET', `/api/auth/${path}`, { headers });
    await call('GET', `/api/payments/history/${path}`, { headers });
  }
  await call('GET', `/api/auth/callback?code=${canaries.plant('code', 'code of a callback')}&state=x`);
  await call('GET', `/api/payments/history?token=${canaries.plant('token', 'token in a query')}`, {
    headers,
  });
  await call('GET', '/api/auth/profile', { headers: bearer(`eyJ.${canaries.plant('token', 'bearer')}.x`) });
  const cookie = `__Host-tandem_session=tdm_${canaries.plant('token', 'cookie')}`;
  await call('GET', '/api/auth/profile', {
    headers: { cookie, 'user-agent': canaries.plant('junk', 'user agent') },
  });
  // The gateway says it back to whoever chose it; nobody else should hear it.
  const requestId = canaries.plant('junk', 'id chosen for a request');
  await call('GET', '/api/auth/profile', { headers: { ...headers, 'x-amzn-requestid': requestId } });
  const card = { card: { number: '4000056655665556', cvc: '123' } };
  canaries.keep('card', 'card number', card.card.number);
  await call('POST', '/api/payments/create-intent', {
    headers,
    body: { provider: 'stripe', price: 'pro', ...card },
  });

  const signature = randomBytes(32).toString('hex');
  canaries.keep('signature', 'signature of a forgery', signature);
  const body = {
    id: 'evt_1',
    object: 'event',
    type: 'charge.succeeded',
    data: { object: { receipt_email: email } },
  };
  const at = Math.floor(Date.now() / 1_000);
  for (const text of [body, JSON.stringify(body).slice(0, -2)])
    await call('POST', '/api/payments/webhook/stripe', {
      headers: { 'stripe-signature': `t=${at},v1=${signature}` },
      body: text,
    });
  await call('POST', '/api/payments/webhook/paypal', {
    headers: {
      'paypal-transmission-id': 'x',
      'paypal-transmission-time': new Date().toISOString(),
      'paypal-transmission-sig': signature,
      'paypal-cert-url': `https://${canaries.plant('junk', 'host of a certificate')}.test/cert`,
      'paypal-auth-algo': 'SHA256withRSA',
    },
    body,
  });
  const form = { 'content-type': 'text/plain', ...headers };
  await call('POST', '/api/payments/create-intent', { headers: form, body: card.card.number });
  canaries.keep('secret', 'secret key of Stripe', tandem.doubles.stripe?.secretKey ?? '');
  canaries.keep('secret', 'client secret of PayPal', tandem.doubles.paypal?.clientSecret ?? '');
};

/** Buys with either provider, as people with names and addresses do. Gives the payments' ids by provider. */
export const buy = async (day: Day, { headers }: Account) => {
  const { canaries, tandem, visitor } = day;
  const { call } = visitor;
  const stripe = await call('POST', '/api/payments/create-intent', {
    headers: { ...headers, 'idempotency-key': crypto.randomUUID() },
    body: { provider: 'stripe', price: 'pro' },
  });
  canaries.keep('secret', 'client secret', stripe.body.client_secret);
  await payByCard(day, stripe.body.client_secret);
  await call('POST', '/api/payments/confirm-stripe', {
    headers,
    body: { payment_intent_id: stripe.body.payment_intent_id },
  });
  const paypal = await call('POST', '/api/payments/create-intent', {
    headers,
    body: { provider: 'paypal', price: 'pro' },
  });
  const payer = {
    givenName: canaries.plant('person', 'given name of the payer'),
    surname: canaries.plant('person', 'surname of the payer'),
    email: canaries.plant('email', 'e-mail of the payer'),
  };
  const approved = await visitor.atDouble('paypal', `/sandbox/orders/${paypal.body.order_id}/approve`, {
    payer,
  });
  if (approved.status !== 200) throw new Error(`not approved: ${JSON.stringify(approved.body)}`);
  await call('POST', '/api/payments/confirm-paypal', { headers, body: { order_id: paypal.body.order_id } });
  return { stripe: stripe.body.payment.id as string, paypal: paypal.body.payment.id as string, tandem };
};

/** As stripe.js does it, with all that it may say about the person. */
const payByCard = async ({ tandem, canaries }: Day, clientSecret: string): Promise<void> => {
  const double = tandem.doubles.stripe;
  const { hostname, port } = new URL(double?.url ?? '');
  const browser = new Stripe(double?.publishableKey ?? '', { host: hostname, port, protocol: 'http' });
  await browser.paymentIntents.confirm(clientSecret.split('_secret_')[0] ?? '', {
    client_secret: clientSecret,
    receipt_email: canaries.plant('email', 'e-mail for the receipt'),
    payment_method_data: {
      type: 'card',
      card: { token: 'tok_visa' },
      billing_details: {
        email: canaries.plant('email', 'e-mail on the bill'),
        name: canaries.plant('person', 'name on the bill'),
        phone: canaries.plant('person', 'phone on the bill'),
        address: { line1: canaries.plant('person', 'street on the bill') },
      },
    },
  } as unknown as Stripe.PaymentIntentConfirmParams);
};
