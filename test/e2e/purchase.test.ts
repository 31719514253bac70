import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@supabase/supabase-js';
import { Client } from 'pg';
import Stripe from 'stripe';
import { startTandem } from '../../local/runner';
import { resetState } from '../../local/state/reset-state';
import type { Tandem } from '../../local/tandem';
import { signStripe } from '../support/stripe-signature';

interface PaymentBody {
  readonly id: string;
  readonly status: string;
  readonly last_error_code: string | null;
}

/** What the routes used here answer, taken together. */
interface Answer {
  readonly code: string;
  readonly status: string;
  readonly user: { readonly id: string; readonly token: string };
  readonly supabase_session: { readonly access_token: string };
  readonly payment: PaymentBody;
  readonly data: readonly PaymentBody[];
  readonly client_secret: string;
  readonly payment_intent_id: string;
  readonly approve_url: string;
  readonly order_id: string;
}

/**
 * The whole product as it deploys, driven from outside by stock clients: gateway, function processes, queue, Postgres,
 * Supabase and the two doubles.
 */
describe('a purchase, end to end', () => {
  let tandem: Tandem;
  let stateDir: string;
  let db: Client;

  beforeAll(async () => {
    stateDir = mkdtempSync(join(tmpdir(), 'tandem-e2e-'));
    tandem = await startTandem({ stateDir, durable: false });
    db = new Client({ connectionString: tandem.database?.url() });
    await db.connect();
  }, 120_000);

  afterAll(async () => {
    await db?.end();
    await tandem?.close();
    // A reset knows everything that a run leaves: here, after purchases, mails and a schedule or two.
    expect(await resetState(stateDir)).toEqual([]);
    expect(readdirSync(stateDir)).toEqual([]);
    rmSync(stateDir, { recursive: true, force: true });
  }, 30_000);

  const gateway = () => tandem.info.urls.api ?? '';

  const call = async (
    method: string,
    path: string,
    options: { body?: unknown; token?: string; key?: string } = {},
  ) => {
    const response = await fetch(`${gateway()}${path}`, {
      method,
      headers: {
        'content-type': 'application/json',
        ...(options.token && { authorization: `Bearer ${options.token}` }),
        ...(options.key && { 'idempotency-key': options.key }),
      },
      ...(options.body !== undefined && { body: JSON.stringify(options.body) }),
    });
    return { status: response.status, headers: response.headers, body: (await response.json()) as Answer };
  };

  const signUp = async (name: string) => {
    const email = `${name}-${crypto.randomUUID().slice(0, 8)}@example.com`;
    const { body } = await call('POST', '/api/auth/signup', {
      body: { email, password: 'correct horse battery' },
    });
    return {
      email,
      token: body.user.token,
      session: body.supabase_session,
      id: body.user.id,
    };
  };

  /** As stripe.js does it in the browser: with the publishable key and the client secret. */
  const payWithCard = async (clientSecret: string, paymentMethod = 'pm_card_visa') => {
    const base = new URL(tandem.doubles.stripe?.url ?? '');
    const stripe = new Stripe(tandem.doubles.stripe?.publishableKey ?? '', {
      host: base.hostname,
      port: base.port,
      protocol: 'http',
      maxNetworkRetries: 0,
    });
    const id = clientSecret.split('_secret_')[0] ?? '';
    return stripe.paymentIntents.confirm(id, {
      client_secret: clientSecret,
      payment_method: paymentMethod,
      return_url: 'https://example.com/return',
    } as Stripe.PaymentIntentConfirmParams);
  };

  const history = async (token: string) => (await call('GET', '/api/payments/history/', { token })).body.data;

  const settled = async (token: string, id: string, status: string) => {
    for (let tries = 0; tries < 100; tries += 1) {
      const found = (await history(token)).find((payment) => payment.id === id);
      if (found?.status === status) return found;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`payment ${id} did not become ${status}`);
  };

  const ledgerOf = async (id: string) => {
    const { rows } = await db.query(
      `select t.kind, sum(e.amount_minor) as balance, count(*) as entries
       from private.ledger_transactions t join private.ledger_entries e on e.transaction_key = t.key
       where t.payment_id = $1 group by t.key, t.kind order by t.kind`,
      [id],
    );
    return rows;
  };

  it('is healthy', async () => {
    for (const path of ['/api/health', '/api/health/']) {
      const { status, body } = await call('GET', path);
      expect([status, body.status]).toEqual([200, 'ok']);
    }
  });

  it('settles a Stripe purchase by its webhook alone', async () => {
    const user = await signUp('webhook');
    const created = await call('POST', '/api/payments/create-intent', {
      token: user.token,
      body: { provider: 'stripe', price: 'pro' },
    });
    expect(created.status).toBe(201);
    expect(created.body.payment).toMatchObject({
      amount: 1999,
      currency: 'USD',
      status: 'requires_payment_method',
    });

    await payWithCard(created.body.client_secret);

    const payment = await settled(user.token, created.body.payment.id, 'succeeded');
    expect(payment).toMatchObject({ captured_amount: 1999, refunded_amount: 0 });
    expect(await ledgerOf(payment.id)).toEqual([{ kind: 'capture', balance: '0', entries: '2' }]);
  });

  it('settles a Stripe purchase by its confirmation, whatever the webhooks do', async () => {
    const user = await signUp('confirm');
    const created = await call('POST', '/api/payments/create-intent/', {
      token: user.session.access_token,
      body: { provider: 'stripe', price: 'pro' },
    });
    await payWithCard(created.body.client_secret);

    const answers = await Promise.all(
      [1, 2, 3].map(() =>
        call('POST', '/api/payments/confirm-stripe/', {
          token: user.token,
          body: { payment_intent_id: created.body.payment_intent_id },
        }),
      ),
    );

    for (const { status, body } of answers) expect([status, body.payment.status]).toEqual([200, 'succeeded']);
    await settled(user.token, created.body.payment.id, 'succeeded');
    const captures = (await ledgerOf(created.body.payment.id)).filter(({ kind }) => kind === 'capture');
    expect(captures).toHaveLength(1);
    expect(await history(user.token)).toHaveLength(1);
  });

  it('shows a declined card and lets the user try another', async () => {
    const user = await signUp('declined');
    const created = await call('POST', '/api/payments/create-intent', {
      token: user.token,
      body: { provider: 'stripe', price: 'pro' },
    });
    await expect(
      payWithCard(created.body.client_secret, 'pm_card_visa_chargeDeclined'),
    ).rejects.toMatchObject({
      code: 'card_declined',
    });
    const confirmed = await call('POST', '/api/payments/confirm-stripe', {
      token: user.token,
      body: { payment_intent_id: created.body.payment_intent_id },
    });
    expect(confirmed.body.payment).toMatchObject({ status: 'requires_payment_method', captured_amount: 0 });
    expect(confirmed.body.payment.last_error_code).toBe('generic_decline');

    await payWithCard(created.body.client_secret);

    await settled(user.token, created.body.payment.id, 'succeeded');
  });

  it('captures an approved PayPal order, once', async () => {
    const user = await signUp('paypal');
    const created = await call('POST', '/api/payments/create-intent', {
      token: user.token,
      body: { provider: 'paypal', price: 'pro' },
    });
    expect(created.body.approve_url).toContain(created.body.order_id);
    const confirm = () =>
      call('POST', '/api/payments/confirm-paypal/', {
        token: user.token,
        body: { order_id: created.body.order_id },
      });
    const early = await confirm();
    expect([early.status, early.body.code]).toEqual([409, 'payment_not_approved']);
    await fetch(`${tandem.doubles.paypal?.url}/sandbox/orders/${created.body.order_id}/approve`, {
      method: 'POST',
    });

    const answers = await Promise.all([confirm(), confirm(), confirm()]);

    for (const { status, body } of answers)
      expect([status, body.payment?.status]).toEqual([200, 'succeeded']);
    await settled(user.token, created.body.payment.id, 'succeeded');
    expect(await ledgerOf(created.body.payment.id)).toEqual([
      { kind: 'capture', balance: '0', entries: '2' },
      { kind: 'fee', balance: '0', entries: '2' },
    ]);
  });

  it('repeats the first answer for the same Idempotency-Key, byte for byte', async () => {
    const user = await signUp('twice');
    const key = crypto.randomUUID();
    const body = { provider: 'stripe', price: 'pro' };
    const first = await call('POST', '/api/payments/create-intent', { token: user.token, key, body });
    const second = await call('POST', '/api/payments/create-intent', { token: user.token, key, body });
    const other = await call('POST', '/api/payments/create-intent', {
      token: user.token,
      key,
      body: { provider: 'stripe', price: 'team' },
    });
    expect(second.body).toEqual(first.body);
    expect([other.status, other.body.code]).toEqual([422, 'idempotency_key_reused']);
    expect(await history(user.token)).toHaveLength(1);
  });

  it('refunds through the back office and shows it to the user', async () => {
    const user = await signUp('refund');
    const created = await call('POST', '/api/payments/create-intent', {
      token: user.token,
      body: { provider: 'stripe', price: 'pro' },
    });
    await payWithCard(created.body.client_secret);
    await settled(user.token, created.body.payment.id, 'succeeded');
    const path = `/api/payments/${created.body.payment.id}/refund`;
    expect((await call('POST', path, { token: user.token, body: { amount: 500 } })).body.code).toBe(
      'forbidden',
    );
    const admin = tandem.info.users.admin;
    const signedIn = await call('POST', '/api/auth/signin', {
      body: { email: admin?.email, password: admin?.password },
    });

    const refunded = await call('POST', path, { token: signedIn.body.user.token, body: { amount: 500 } });

    expect([refunded.status, refunded.body.payment?.status]).toEqual([200, 'partially_refunded']);
    expect(await settled(user.token, created.body.payment.id, 'partially_refunded')).toMatchObject({
      refunded_amount: 500,
    });
  });

  it('tells of a purchase once, in the product and by mail', async () => {
    const user = await signUp('told');
    const created = await call('POST', '/api/payments/create-intent', {
      token: user.token,
      body: { provider: 'stripe', price: 'pro' },
    });
    await payWithCard(created.body.client_secret);
    await settled(user.token, created.body.payment.id, 'succeeded');
    const mails = () =>
      tandem.mail.messages(user.email).filter(({ subject }) => subject.startsWith('Payment'));

    for (let tries = 0; tries < 50 && mails().length === 0; tries += 1) {
      await tandem.invoke('outbox', { task: 'outbox' });
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await Promise.all([1, 2].map(() => tandem.invoke('outbox', { task: 'outbox' })));

    expect(mails()).toEqual([
      expect.objectContaining({ to: [user.email], subject: 'Payment received: $19.99' }),
    ]);
    const supabase = createClient(tandem.supabase?.url ?? '', tandem.info.keys.supabasePublishable ?? '', {
      auth: { persistSession: false, autoRefreshToken: false },
    });
    await supabase.auth.signInWithPassword({ email: user.email, password: 'correct horse battery' });
    const unread = () => supabase.from('notifications').select('kind, data').is('read_at', null);
    expect((await unread()).data).toEqual([
      {
        kind: 'payment_succeeded',
        data: expect.objectContaining({ payment_id: created.body.payment.id, amount_minor: '1999' }),
      },
    ]);
    const now = new Date().toISOString();
    await supabase.from('notifications').update({ read_at: now }).is('read_at', null);
    expect((await unread()).data).toEqual([]);
    const choice = { kind: 'payment_succeeded', in_app: true, email: false };
    expect((await supabase.from('notification_preferences').upsert(choice)).error).toBeNull();
    const chosen = await supabase.rpc('notification_choices');
    expect(chosen.data).toContainEqual({ ...choice, can_mail: true, user_id: user.id });
  });

  it("lets supabase-js see the user's own payments and nobody else's", async () => {
    const user = await signUp('rls');
    const created = await call('POST', '/api/payments/create-intent', {
      token: user.token,
      body: { provider: 'stripe', price: 'pro' },
    });
    const supabase = createClient(tandem.supabase?.url ?? '', tandem.info.keys.supabasePublishable ?? '', {
      auth: { persistSession: false, autoRefreshToken: false },
    });
    const { error } = await supabase.auth.signInWithPassword({
      email: user.email,
      password: 'correct horse battery',
    });
    expect(error).toBeNull();

    const { data } = await supabase.from('payments').select('id, status');

    expect(data).toEqual([{ id: created.body.payment.id, status: 'requires_payment_method' }]);
    const forbidden = await supabase
      .from('payments')
      .update({ status: 'succeeded' })
      .eq('id', created.body.payment.id);
    expect(forbidden.error).not.toBeNull();
  });

  it('settles although the function is killed while it confirms', async () => {
    const user = await signUp('killed');
    const created = await call('POST', '/api/payments/create-intent', {
      token: user.token,
      body: { provider: 'stripe', price: 'pro' },
    });
    // Webhooks stay away, so that the confirmation alone has to do it.
    await payWithCard(created.body.client_secret);
    tandem.functions.get('payment')?.injectFault({
      at: { kind: 'before-send', text: 'insert into private.inbox' },
      signal: 'SIGKILL',
    });
    const confirm = () =>
      call('POST', '/api/payments/confirm-stripe', {
        token: user.token,
        body: { payment_intent_id: created.body.payment_intent_id },
      });

    await confirm();
    const again = await confirm();

    expect([again.status, again.body.payment.status]).toEqual([200, 'succeeded']);
    const captures = (await ledgerOf(created.body.payment.id)).filter(({ kind }) => kind === 'capture');
    expect(captures).toEqual([{ kind: 'capture', balance: '0', entries: '2' }]);
  });

  it('refuses forged webhooks and keeps nothing of them', async () => {
    const body = JSON.stringify({
      id: 'evt_forged',
      object: 'event',
      type: 'x',
      livemode: false,
      data: { object: {} },
    });
    const signature = signStripe(body, { secret: 'whsec_wrong', at: Math.floor(Date.now() / 1000) });

    const response = await fetch(`${gateway()}/api/payments/webhook/stripe/`, {
      method: 'POST',
      headers: { 'stripe-signature': signature, 'content-type': 'application/json' },
      body,
    });

    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    expect(((await response.json()) as Answer).code).toBe('webhook_signature_invalid');
    const { rows } = await db.query(`select from private.inbox where event_id = 'evt_forged'`);
    expect(rows).toHaveLength(0);
  });

  it('ends a session at once', async () => {
    const user = await signUp('signout');
    expect((await call('GET', '/api/payments/history', { token: user.token })).status).toBe(200);
    expect((await call('POST', '/api/auth/signout', { token: user.token, body: {} })).status).toBe(200);
    for (const token of [user.token, user.session.access_token]) {
      expect((await call('GET', '/api/payments/history', { token })).status).toBe(401);
    }
  });
});
