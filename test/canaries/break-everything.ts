import { setTimeout as sleep } from 'node:timers/promises';
import type { Account, Day } from './live-a-day';

/** What a provider might say in an error: what it was sent. Its codes are its own words, and are logged. */
const chatty = (said: string) => ({
  error: {
    type: 'api_error',
    code: 'some_code',
    message: `No such thing: ${said}`,
    param: said,
    doc_url: said,
  },
  name: 'SOME_NAME',
  message: said,
  details: [{ issue: said, description: said }],
});

/** Refunds, disputes and everything that operators and sweeps do, with money that has been paid. */
export const afterwards = async (
  { owner, visitor, tandem }: Day,
  operator: Account,
  paid: { readonly stripe: string; readonly paypal: string },
): Promise<void> => {
  const { call } = visitor;
  const { headers } = operator;
  for (const id of [paid.stripe, paid.paypal])
    await call('POST', `/api/payments/${id}/refund`, { headers, body: { amount: 500 } });
  const { rows } = await owner.query<{ object_id: string }>(
    "select object_id from private.payment_facts where payment_id = $1 and kind = 'capture'",
    [paid.stripe],
  );
  await visitor.atDouble('stripe', '/_control/stripe/disputes', { charge: rows[0]?.object_id });
  for (const path of ['events', 'drift', 'reviews', 'dead-letters'])
    await call('GET', `/api/payments/${path}`, { headers });
  for (const task of ['open-payments', 'provider-events', 'daily-totals'])
    await tandem.invoke('sweep', { task });
  await call('GET', '/api/auth/users', { headers });
};

/** Fails each dependency in turn, each time with something going on that needs it. */
export const breakEverything = async (day: Day, account: Account): Promise<void> => {
  const { canaries, tandem, visitor } = day;
  const { call } = visitor;
  const { headers } = account;
  const buy = async (): Promise<void> => {
    for (const provider of ['stripe', 'paypal'])
      await call('POST', '/api/payments/create-intent', { headers, body: { provider, price: 'pro' } });
  };
  const actions = [
    ...[400, 401, 404, 409, 429, 500, 503].map((status) => ({
      status,
      body: chatty(canaries.plant('junk', `words of a ${status}`)),
    })),
    { status: 200, body: canaries.plant('junk', 'words of rubbish') },
    { html: true },
    { garbage: true },
    { dropConnectionBefore: true },
    { redirectTo: `http://127.0.0.1:9/${canaries.plant('junk', 'target of a redirect')}` },
  ];
  for (const action of actions) {
    for (const [provider, pathPattern] of [
      ['stripe', '/v1/*'],
      ['paypal', '/v2/*'],
    ] as const)
      await visitor.atDouble(provider, '/_control/faults', { pathPattern, action });
    await buy();
    for (const provider of ['stripe', 'paypal'] as const)
      await fetch(`${tandem.doubles[provider]?.url}/_control/faults`, { method: 'DELETE' });
  }

  for (const moment of ['before-send', 'before-answer'] as const) {
    tandem.databaseRelay?.cutNext({ text: 'select', moment });
    await call('GET', '/api/payments/history', { headers });
    tandem.databaseRelay?.cutNext({ text: 'insert', moment });
    await buy();
  }
  tandem.databaseRelay?.cutNext(undefined);

  const restarted = tandem.queue?.restart(1_500);
  await sleep(100);
  await call('POST', '/api/auth/reset-password', { body: { email: account.email } });
  await call('GET', '/api/health');
  await restarted;

  await tandem.supabase?.close();
  const password = canaries.plant('password', 'password without Supabase');
  const body = { email: canaries.plant('email', 'e-mail without Supabase'), password };
  for (const path of ['signup', 'signin']) await call('POST', `/api/auth/${path}`, { body });
  await call('POST', '/api/auth/refresh', {
    body: { refresh_token: canaries.plant('token', 'token without Supabase') },
  });
  await call('POST', '/api/auth/update-password', {
    headers,
    body: { password, current_password: account.password },
  });
  await call('POST', '/api/auth/reset-password', { body: { email: account.email } });
  await call('GET', '/api/health');
};
