import { randomUUID } from 'node:crypto';
import { type DoubleShop, openDoubleShop, type Purchase } from '../support/double-shop';
import { paymentRows } from '../support/payment-rows';
import { expectProblem, expectSoundBooks } from '../support/payment-service';
import { signIn } from '../support/sign-in';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let shop: DoubleShop;
beforeEach(async () => {
  shop = await openDoubleShop();
});
afterEach(async () => {
  await expectSoundBooks(shop.admin);
  await shop.close();
});

const nextDay = (): void => shop.clock.advance(DAY - (shop.clock.now() % DAY) + 4 * HOUR);
const get = (path: string, query: Record<string, string> = {}, headers = shop.operator.headers) =>
  shop.send({ path: `/api/payments/drift${path}`, query, headers });
const repair = (id: string) =>
  shop.send({ path: `/api/payments/drift/${id}/repair`, body: {}, headers: shop.operator.headers });

/** A refund made in Stripe's dashboard, every event of which is lost, on a day when Stripe answers no questions. */
const loseRefund = async (): Promise<Purchase> => {
  const bought = await shop.agree('stripe');
  await shop.sweep('provider-events');
  shop.clock.advance(HOUR);
  await shop.sweep('open-payments');
  await shop.control('stripe', 'PUT', '/stripe/events', { enabled: false });
  await fetch(`${shop.stripe.url}/v1/refunds`, {
    method: 'POST',
    headers: { authorization: `Bearer ${shop.stripe.secretKey}` },
    body: new URLSearchParams({ payment_intent: bought.ref, amount: '500' }),
  });
  nextDay();
  shop.stripe.faults.add({
    method: 'GET',
    pathPattern: '/v1/payment_intents/{id}',
    action: { status: 500 },
  });
  await shop.sweep('daily-totals');
  return bought;
};

describe('the drift report', () => {
  it('shows both values, the cause and the age, to operators alone', async () => {
    const { id, ref } = await loseRefund();
    shop.clock.advance(HOUR);
    const { status, body } = await get('', { provider: 'stripe', open: 'true' });
    expect(status).toBe(200);
    expect(body).toMatchObject({ success: true, has_more: false, next_cursor: null });
    expect(body.data).toEqual([
      {
        id: expect.any(String),
        provider: 'stripe',
        kind: 'refund',
        object_id: expect.stringMatching(/^re_/),
        payment_id: id,
        provider_ref: ref,
        difference: 'missing_here',
        field: 'movement',
        ours: null,
        theirs: '500 USD',
        cause: 'event_never_arrived',
        day: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
        first_seen: expect.any(String),
        last_seen: expect.any(String),
        resolved_at: null,
        age_seconds: expect.any(Number),
      },
    ]);
    expect(Math.abs(body.data[0].age_seconds - 3600)).toBeLessThan(60);
    expect((await get('', { provider: 'paypal' })).body.data).toEqual([]);
    expect((await get('', { open: 'false' })).body.data).toEqual([]);
    expect((await get('', {}, (await signIn(shop.admin, 'support')).headers)).status).toBe(200);
    expect((await get('', {}, (await signIn(shop.admin)).headers)).body.code).toBe('forbidden');
  });

  it('comes in pages', async () => {
    await shop.admin.query(
      `insert into private.drift (provider, key, kind, object_id, difference, field, theirs, cause, day, first_seen, last_seen)
       select 'stripe', 'stripe:capture:ch_' || n || ':succeeded', 'capture', 'ch_' || n, 'missing_here', 'movement', '1 USD',
         'created_outside', '2026-01-01', now() - (n / 2) * interval '1 minute', now()
       from generate_series(1, 7) as n`,
    );
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const { body } = await get('', { limit: '3', ...(cursor === null ? {} : { cursor }) });
      seen.push(...body.data.map((row: { object_id: string }) => row.object_id));
      cursor = body.next_cursor;
    } while (cursor !== null);
    expect(new Set(seen).size).toBe(7);
    expect(seen).toHaveLength(7);
  });

  it('shows the sums of days, ours and theirs', async () => {
    await loseRefund();
    const { body } = await get('/totals', { from: '2020-01-01', to: '2020-01-02' });
    expect(body.data).toEqual([]);
    const day = new Date(shop.clock.now() - DAY).toISOString().slice(0, 10);
    const { body: sums } = await get('/totals', { from: day, to: day });
    expect(sums.data).toMatchObject([
      { provider: 'stripe', day, currency: 'USD', kind: 'capture', ours: 1999, theirs: 1999 },
      { kind: 'fee', ours: 88, theirs: 88 },
      { kind: 'refund', ours: 0, theirs: 500, ours_count: 0, theirs_count: 1 },
    ]);
  });

  it.each([
    { from: '2026-02-01', to: '2026-01-01' },
    { from: '2020-01-01', to: '2026-01-01' },
    { from: '2026-1-1' },
    { to: 'x' },
  ])('refuses the range %j', async (query) => {
    const answer = await get('/totals', query as Record<string, string>);
    expect([answer.status, answer.body.code]).toEqual([400, 'request_invalid']);
    expectProblem(answer);
  });
});

describe('a repair', () => {
  it('asks, reconciles through the inbox and compares again', async () => {
    const bought = await loseRefund();
    const [row] = (await get('')).body.data;
    shop.stripe.faults.clear();
    const { status, body } = await repair(row.id);
    expect(status).toBe(200);
    expect(body).toMatchObject({ success: true, resolved: true, reason: 'agrees', drift: { id: row.id } });
    expect(body.drift.resolved_at).not.toBeNull();
    expect((await paymentRows(shop.admin, bought.id)).payment).toMatchObject({ refunded_minor: '500' });
    const { rows } = await shop.admin.query(
      `select event_type, outcome from private.inbox where payment_id = $1 and source = 'repair'`,
      [bought.id],
    );
    expect(rows).toEqual([{ event_type: 'observation.repair', outcome: 'applied' }]);
    // Again: nothing is asked any more.
    const before = shop.callsTo('stripe');
    expect((await repair(row.id)).body).toMatchObject({ resolved: true, reason: 'agrees' });
    expect(shop.callsTo('stripe')).toBe(before);
  });

  it('is in the audit log, before it asks and with what came of it', async () => {
    await loseRefund();
    const [row] = (await get('')).body.data;
    // Stripe still does not answer.
    expect((await repair(row.id)).body.code).toBe('provider_unavailable');
    shop.stripe.faults.clear();
    await repair(row.id);
    const { rows } = await shop.admin.query<{ action: string; after: { resolvedAt: string } | null }>(
      'select actor_id, actor_role, action, target, after from private.audit_log order by id',
    );
    const line = { actor_id: shop.operator.userId, actor_role: 'admin', target: row.id };
    expect(rows).toEqual([
      { ...line, action: 'drift.repair', after: null },
      { ...line, action: 'drift.repair', after: null },
      { ...line, action: 'drift.repaired', after: expect.objectContaining({ ours: null }) },
    ]);
    expect(rows[2]?.after?.resolvedAt).not.toBeNull();
  });

  it('says that there is nothing to ask about what is none of ours', async () => {
    const { rows } = await shop.admin.query<{ id: string }>(
      `with moved as (
         insert into private.provider_movements (key, provider, books, object_id, line_id, amount_minor, currency,
           settled_currency, is_pending, moved_at)
         values ('paypal:capture:X:succeeded', 'paypal', 'capture', 'X', 'X', 1, 'USD', 'USD', false, now())
       )
       insert into private.drift (provider, key, kind, object_id, difference, field, theirs, cause, day, first_seen, last_seen)
       values ('paypal', 'paypal:capture:X:succeeded', 'capture', 'X', 'missing_here', 'movement', '1 USD', 'created_outside',
         '2026-01-01', now(), now())
       returning id`,
    );
    const { body } = await repair(rows[0]?.id ?? '');
    expect(body).toMatchObject({ resolved: false, reason: 'not_ours', drift: { resolved_at: null } });
  });

  it('of what still differs leaves it open, with both values as they are by now', async () => {
    const bought = await shop.agree('stripe');
    await shop.sweep('provider-events');
    shop.clock.advance(HOUR);
    await shop.sweep('open-payments');
    const { facts } = await paymentRows(shop.admin, bought.id);
    const line = facts.find(({ kind }) => kind === 'fee')?.object_id;
    const tamper = (amount: number) =>
      shop.control('stripe', 'PUT', `/stripe/objects/${line}`, { changes: { amount } });
    await tamper(1998);
    nextDay();
    await shop.sweep('daily-totals');
    const [row] = (await get('')).body.data;
    expect(row).toMatchObject({ field: 'amount', ours: '1999 USD', theirs: '1998 USD' });
    await tamper(1997);
    expect((await repair(row.id)).body).toMatchObject({
      resolved: false,
      reason: 'still_differs',
      drift: { ours: '1999 USD', theirs: '1997 USD' },
    });
    await tamper(1999);
    expect((await repair(row.id)).body).toMatchObject({ resolved: true, reason: 'agrees' });
    expect((await paymentRows(shop.admin, bought.id)).payment).toMatchObject({ captured_minor: '1999' });
  });

  it('of nothing is not found', async () => {
    const answer = await repair(randomUUID());
    expect([answer.status, answer.body.code]).toEqual([404, 'not_found']);
  });
});
