import { randomUUID } from 'node:crypto';
import { type DoubleShop, openDoubleShop, type Purchase } from '../support/double-shop';
import { expectSoundBooks } from '../support/payment-service';

/**
 * Calls whose answer was lost, and whose key the provider has forgotten by the time anybody asks again: half of them took
 * effect, half did not. `CALLS=300 jest test/flow/key-death` for a larger run of each.
 */
const CALLS = Number(process.env.CALLS ?? 24);

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const MINUTE = 60_000;

type ProviderName = 'stripe' | 'paypal';

let shop: DoubleShop;
beforeEach(async () => {
  shop = await openDoubleShop();
});
afterEach(async () => {
  await expectSoundBooks(shop.admin);
  await shop.close();
});

/** Loses the answers of the next calls there: every second one after it took effect. */
const loseAnswers = async (provider: ProviderName, pathPattern: string, acting: boolean): Promise<void> => {
  await shop.control(provider, 'POST', '/faults', {
    method: 'POST',
    pathPattern,
    action: { status: 503, headers: { 'stripe-should-retry': 'false' }, afterActing: acting },
  });
};

const answerAgain = (provider: ProviderName) => shop.control(provider, 'DELETE', '/faults');

const inParallel = async <Item>(items: readonly Item[], work: (item: Item) => Promise<unknown>) => {
  for (let at = 0; at < items.length; at += 4) await Promise.all(items.slice(at, at + 4).map(work));
};

const agreeAll = async (provider: ProviderName): Promise<Purchase[]> => {
  const purchases: Purchase[] = [];
  await inParallel(Array.from({ length: CALLS }), async () => purchases.push(await shop.agree(provider)));
  return purchases;
};

const confirm = ({ provider, ref }: Purchase, send = shop.send) =>
  send({
    path: `/api/payments/confirm-${provider}`,
    body: provider === 'stripe' ? { payment_intent_id: ref } : { order_id: ref },
    headers: shop.buyer.headers,
  });

const refund = ({ id }: Purchase, key: string, send = shop.send) =>
  send({
    path: `/api/payments/${id}/refund`,
    body: { amount: 700 },
    headers: { ...shop.operator.headers, 'Idempotency-Key': key },
  });

/** Sweeps until nothing is left to settle, as the schedule would. */
const sweepUntilSettled = async (): Promise<void> => {
  for (let run = 0; run < CALLS; run += 1) {
    const { settleCalls, sweepOpenPayments } = await shop.sweep('open-payments');
    if ((settleCalls?.looked ?? 0) + (sweepOpenPayments?.looked ?? 0) === 0) return;
    shop.clock.advance(5 * MINUTE);
  }
};

const states = async (operation: string) => {
  const { rows } = await shop.admin.query<{ state: string; error_code: string | null; n: string }>(
    `select state, error_code, count(*) as n from private.provider_calls where operation = $1
     group by 1, 2 order by 1, 2`,
    [operation],
  );
  return rows.map(({ state, error_code, n }) => `${state} ${error_code ?? '-'} ${n}`);
};

/** What the provider's own books say: movements of that kind by payment. */
const movements = async (provider: ProviderName, kind: string): Promise<Map<string, number>> => {
  const { entries } = (await shop.control(provider, 'GET', '/ledger')) as {
    entries: { kind: string; paymentId: string }[];
  };
  const counts = new Map<string, number>();
  for (const entry of entries.filter((one) => one.kind === kind))
    counts.set(entry.paymentId, (counts.get(entry.paymentId) ?? 0) + 1);
  return counts;
};

const callCounts = (provider: ProviderName) => shop[provider].calls.read().counts;

/** Every call that PayPal answers from now on; its own log keeps the latest alone. */
const keepAllCalls = (): { readonly method: string; readonly path: string }[] => {
  const { calls } = shop.paypal;
  const { record } = calls;
  const kept: Parameters<typeof record>[0][] = [];
  calls.record = (call, route) => {
    kept.push(call);
    record(call, route);
  };
  return kept;
};

describe.each([
  ['stripe', '/v1/refunds', 25 * HOUR, 'POST /v1/refunds', 'GET /v1/refunds'],
  [
    'paypal',
    '/v2/payments/captures/{id}/refund',
    46 * DAY,
    'POST /v2/payments/captures/{id}/refund',
    'GET /v2/checkout/orders/{id}',
  ],
] as const)('refunds at %s', (provider, path, later, post, look) => {
  it('are looked for, never made twice, and made anew where they were not', async () => {
    const purchases = await agreeAll(provider);
    await inParallel(purchases, (purchase) => confirm(purchase));
    const keys = new Map(purchases.map(({ id }) => [id, randomUUID()]));
    const keyOf = ({ id }: Purchase) => keys.get(id) ?? '';
    const [acted, unmade] = [
      purchases.filter((_, index) => index % 2 === 0),
      purchases.filter((_, index) => index % 2 === 1),
    ];
    for (const [half, acting] of [
      [acted, true],
      [unmade, false],
    ] as const) {
      await loseAnswers(provider, path, acting);
      await inParallel(half, async (purchase) => {
        expect((await refund(purchase, keyOf(purchase))).status).toBe(503);
      });
      await answerAgain(provider);
    }
    expect(await states('refund')).toEqual([`unknown provider_unavailable ${CALLS}`]);

    shop.clock.advance(later);
    shop[provider].calls.clear();
    await sweepUntilSettled();

    // Every one was looked for, none was asked for again.
    expect(callCounts(provider)[post]).toBeUndefined();
    expect(callCounts(provider)[look]).toBeGreaterThanOrEqual(CALLS);
    expect(await states('refund')).toEqual([
      `failed not_made ${unmade.length}`,
      `succeeded - ${acted.length}`,
    ]);
    const found = await movements(provider, 'refund');
    expect([...found.keys()].sort()).toEqual(acted.map(({ id }) => id).sort());

    // The operator asks again with the same Idempotency-Key: what was made is the answer, what was not is made now.
    await inParallel(purchases, async (purchase) => {
      const { status, body } = await refund(purchase, keyOf(purchase), shop.sendByClock);
      expect([status, body.payment?.refunded_amount]).toEqual([200, 700]);
    });
    expect(callCounts(provider)[post]).toBe(unmade.length);
    const made = await movements(provider, 'refund');
    expect([made.size, new Set(made.values())]).toEqual([CALLS, new Set([1])]);
  }, 120_000);
});

it('captures at PayPal are looked at first, and never made twice', async () => {
  const purchases = await agreeAll('paypal');
  const [acted, unmade] = [
    purchases.filter((_, index) => index % 2 === 0),
    purchases.filter((_, index) => index % 2 === 1),
  ];
  for (const [half, acting] of [
    [acted, true],
    [unmade, false],
  ] as const) {
    await loseAnswers('paypal', '/v2/checkout/orders/{id}/capture', acting);
    await inParallel(half, async (purchase) => expect((await confirm(purchase)).status).toBe(503));
    await answerAgain('paypal');
  }
  // PayPal gives up an approval after three hours; these payers approve again as the key dies.
  shop.clock.advance(6 * HOUR + 1_000);
  await inParallel(unmade, async ({ ref }) => {
    await fetch(`${shop.paypal.url}/sandbox/orders/${ref}/approve`, { method: 'POST' });
  });
  const log = keepAllCalls();
  // The users come back and confirm, at the same moment as the sweep.
  const users = inParallel(purchases, (purchase) => confirm(purchase, shop.sendByClock));
  await Promise.all([users, sweepUntilSettled()]);
  await sweepUntilSettled();

  for (const { ref } of purchases) {
    const asked = log.filter(({ path }) => path.startsWith(`/v2/checkout/orders/${ref}`));
    const [first] = asked.filter(({ method, path }) => method === 'GET' || path.endsWith('/capture'));
    expect([ref, first?.method]).toEqual([ref, 'GET']);
  }
  const captured = await movements('paypal', 'charge');
  expect(new Set(captured.values())).toEqual(new Set([1]));
  const { rows } = await shop.admin.query<{ id: string; captured_minor: string }>(
    'select id, captured_minor from public.payments where captured_minor > 0',
  );
  expect(rows.map(({ id }) => id).sort()).toEqual([...captured.keys()].sort());
  expect(captured.size).toBeGreaterThanOrEqual(acted.length);
}, 120_000);

it('creations at Stripe are looked for, and those that nobody was told of end', async () => {
  const create = () =>
    shop.send({
      path: '/api/payments/create-intent',
      body: { provider: 'stripe', price: 'pro' },
      headers: shop.buyer.headers,
    });
  for (const acting of [true, false]) {
    await loseAnswers('stripe', '/v1/payment_intents', acting);
    await inParallel(Array.from({ length: CALLS / 2 }), create);
    await answerAgain('stripe');
  }
  shop.clock.advance(25 * HOUR);
  shop.stripe.calls.clear();
  await sweepUntilSettled();
  expect(callCounts('stripe')['POST /v1/payment_intents']).toBeUndefined();
  const { rows } = await shop.admin.query(
    `select status, provider_ref is not null as is_found, count(*)::int as n from public.payments
     group by 1, 2 order by 1`,
  );
  expect(rows).toEqual([
    { status: 'expired', is_found: false, n: CALLS / 2 },
    { status: 'requires_payment_method', is_found: true, n: CALLS / 2 },
  ]);
  await shop.sweep('open-payments');
  expect(await states('create')).toEqual([`failed not_made ${CALLS / 2}`, `succeeded - ${CALLS / 2}`]);
}, 120_000);
