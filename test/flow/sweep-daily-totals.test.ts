import { type DoubleShop, openDoubleShop, type Purchase } from '../support/double-shop';
import { paymentRows } from '../support/payment-rows';
import { expectSoundBooks } from '../support/payment-service';

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

/** The next day, when the statements of all days before are complete. */
const nextDay = (): void => shop.clock.advance(DAY - (shop.clock.now() % DAY) + 4 * HOUR);
const compare = async () => (await shop.sweep('daily-totals')).sweepDailyTotals;
const drift = async () => {
  const { rows } = await shop.admin.query<Record<string, string | null>>(
    `select provider, kind, object_id, payment_id, difference, field, ours, theirs, cause, resolved_at is null as open
     from private.drift order by first_seen, key`,
  );
  return rows;
};
const totals = async () => {
  const { rows } = await shop.admin.query<Record<string, string>>(
    `select provider, kind, ours_minor, theirs_minor, ours_count, theirs_count from private.daily_totals
     where theirs_count > 0 or ours_count > 0 order by provider desc, kind`,
  );
  return rows;
};
const settle = async (): Promise<void> => {
  await shop.sweep('provider-events');
  shop.clock.advance(HOUR);
  await shop.sweep('open-payments');
};
const captureOf = async ({ id }: Purchase): Promise<string> => {
  const { facts } = await paymentRows(shop.admin, id);
  return facts.find(({ kind }) => kind === 'capture')?.object_id ?? '';
};
/** What an operator does in Stripe's dashboard. */
const refundAtStripe = async ({ ref }: Purchase, amount: number): Promise<void> => {
  const answer = await fetch(`${shop.stripe.url}/v1/refunds`, {
    method: 'POST',
    headers: { authorization: `Bearer ${shop.stripe.secretKey}` },
    body: new URLSearchParams({ payment_intent: ref, amount: String(amount) }),
  });
  if (!answer.ok) throw new Error(await answer.text());
};

describe('books that agree', () => {
  it('have equal sums and no drift', async () => {
    const [stripe, paypal] = [await shop.agree('stripe'), await shop.agree('paypal')];
    await settle();
    await refundAtStripe(stripe, 500);
    await shop.sweep('provider-events');
    nextDay();
    expect(await compare()).toMatchObject({ failed: 0, open: 0 });
    expect(await drift()).toEqual([]);
    const alike = { ours_count: 1, theirs_count: 1 };
    expect(await totals()).toEqual([
      { provider: 'stripe', kind: 'capture', ours_minor: '1999', theirs_minor: '1999', ...alike },
      { provider: 'stripe', kind: 'fee', ours_minor: '88', theirs_minor: '88', ...alike },
      { provider: 'stripe', kind: 'refund', ours_minor: '500', theirs_minor: '500', ...alike },
      { provider: 'paypal', kind: 'capture', ours_minor: '1999', theirs_minor: '1999', ...alike },
      { provider: 'paypal', kind: 'fee', ours_minor: '119', theirs_minor: '119', ...alike },
    ]);
    expect(await captureOf(paypal)).not.toBe('');
  });

  it('are compared once: a day is not read again', async () => {
    await shop.agree('stripe');
    await settle();
    nextDay();
    await compare();
    const before = shop.callsTo('stripe') + shop.callsTo('paypal');
    expect(await compare()).toMatchObject({ looked: 0, calls: 0 });
    expect(shop.callsTo('stripe') + shop.callsTo('paypal')).toBe(before);
  });

  it('are not compared before the statement is complete', async () => {
    await shop.agree('stripe');
    await settle();
    shop.clock.advance(DAY - (shop.clock.now() % DAY) + 2 * HOUR);
    await compare();
    expect(await totals()).toEqual([]);
  });

  it('agree on refunds that came to nothing, which are two movements there and none here', async () => {
    const bought = await shop.agree('stripe');
    await settle();
    await refundAtStripe(bought, 700);
    await shop.sweep('provider-events');
    const { facts } = await paymentRows(shop.admin, bought.id);
    const refund = facts.find(({ kind }) => kind === 'refund')?.object_id;
    await shop.control('stripe', 'POST', `/stripe/refunds/${refund}/fail`, {});
    await shop.sweep('provider-events');
    nextDay();
    expect(await compare()).toMatchObject({ failed: 0, open: 0 });
    expect(await drift()).toEqual([]);
  });

  it('agree on disputes, taken and given back, with their fees', async () => {
    const bought = await shop.agree('stripe');
    await settle();
    const dispute = (await shop.control('stripe', 'POST', '/stripe/disputes', {
      charge: await captureOf(bought),
    })) as { id: string };
    await shop.control('stripe', 'POST', `/stripe/disputes/${dispute.id}/close`, { outcome: 'won' });
    await shop.sweep('provider-events');
    nextDay();
    expect(await compare()).toMatchObject({ failed: 0, open: 0 });
    expect((await totals()).map(({ kind, ours_minor }) => [kind, ours_minor])).toEqual([
      ['capture', '1999'],
      ['fee', '1588'],
      ['reinstatement', '1999'],
      ['withdrawal', '1999'],
    ]);
  });

  it('agree on what PayPal took back', async () => {
    const bought = await shop.agree('paypal');
    await settle();
    await shop.control('paypal', 'POST', `/paypal/captures/${await captureOf(bought)}`, {
      status: 'REVERSED',
    });
    await shop.sweep('provider-events');
    nextDay();
    expect(await compare()).toMatchObject({ failed: 0, open: 0 });
  });
});

describe('what PayPal took in a dispute', () => {
  const dispute = (path: string, body: object = {}) =>
    shop.control('paypal', 'POST', `/paypal/disputes${path}`, body) as Promise<{ dispute_id: string }>;
  const disputed = async (): Promise<string> => {
    const bought = await shop.agree('paypal');
    await settle();
    const { dispute_id: id } = await dispute('', {
      captureId: await captureOf(bought),
      stage: 'CHARGEBACK',
      channel: 'EXTERNAL',
    });
    return id;
  };
  /** PayPal is asked about the payment once what it did has settled. */
  const hearOfIt = async (): Promise<void> => {
    await shop.sweep('provider-events');
    shop.clock.advance(4 * HOUR);
    await shop.sweep('open-payments');
  };

  it.each([false, true])(
    'agrees with the books, with its fee (hidden from the order: %s)',
    async (hidden) => {
      const id = await disputed();
      await dispute(`/${id}/take`, { fee: 2000, hidden });
      await dispute(`/${id}/resolve`, { outcome: 'RESOLVED_BUYER_FAVOUR' });
      await hearOfIt();
      nextDay();
      expect(await compare()).toMatchObject({ failed: 0 });
      expect((await drift()).filter(({ open }) => open)).toEqual([]);
      const unequal = (await totals()).filter(({ ours_minor, theirs_minor }) => ours_minor !== theirs_minor);
      expect(unequal.map(({ kind }) => kind)).toEqual([]);
    },
  );

  it('and gave back agrees with the books', async () => {
    const id = await disputed();
    await dispute(`/${id}/take`, { fee: 2000 });
    await hearOfIt();
    await dispute(`/${id}/resolve`, { outcome: 'RESOLVED_SELLER_FAVOUR' });
    await hearOfIt();
    nextDay();
    expect(await compare()).toMatchObject({ failed: 0 });
    expect((await drift()).filter(({ open }) => open)).toEqual([]);
    const unequal = (await totals()).filter(({ ours_minor, theirs_minor }) => ours_minor !== theirs_minor);
    expect(unequal.map(({ kind }) => kind)).toEqual([]);
  });
});

describe('a movement that we lack', () => {
  it('is found and mended by asking, when every event about it was lost', async () => {
    const bought = await shop.agree('stripe');
    await settle();
    await shop.control('stripe', 'PUT', '/stripe/events', { enabled: false });
    await refundAtStripe(bought, 500);
    nextDay();
    const count = await compare();
    expect(count).toMatchObject({ failed: 0, open: 0 });
    expect((await paymentRows(shop.admin, bought.id)).payment).toMatchObject({
      status: 'partially_refunded',
      refunded_minor: '500',
    });
    expect(await drift()).toEqual([]);
    const { rows } = await shop.admin.query(
      `select source from private.inbox where payment_id = $1 and event_type = 'observation.sweep'`,
      [bought.id],
    );
    expect(rows.length).toBeGreaterThan(0);
  });

  it('of a payment that we never asked for is shown as made outside', async () => {
    await shop.agree('stripe');
    await settle();
    await fetch(`${shop.stripe.url}/v1/payment_intents`, {
      method: 'POST',
      headers: { authorization: `Bearer ${shop.stripe.secretKey}` },
      body: new URLSearchParams({
        amount: '4200',
        currency: 'usd',
        payment_method: 'pm_card_visa',
        confirm: 'true',
        'allowed_payment_method_types[0]': 'card',
      }),
    });
    shop.clock.advance(HOUR / 2);
    nextDay();
    expect(await compare()).toMatchObject({ open: 2 });
    expect(await drift()).toMatchObject([
      { kind: 'capture', difference: 'missing_here', payment_id: null, ours: null, theirs: '4200 USD' },
      { kind: 'fee', difference: 'differs', field: 'fee', ours: null },
    ]);
    expect(new Set((await drift()).map(({ cause }) => cause))).toEqual(new Set(['created_outside']));
    expect(await totals()).toMatchObject([
      { kind: 'capture', ours_minor: '1999', theirs_minor: '6199', ours_count: 1, theirs_count: 2 },
      { kind: 'fee' },
    ]);
  });

  it('stays open while it cannot be mended, and is resolved by the run that finds it gone', async () => {
    const bought = await shop.agree('stripe');
    await settle();
    await shop.control('stripe', 'PUT', '/stripe/events', { enabled: false });
    await refundAtStripe(bought, 500);
    nextDay();
    const pathPattern = '/v1/payment_intents/{id}';
    shop.stripe.faults.add({ method: 'GET', pathPattern, action: { status: 500 } });
    expect(await compare()).toMatchObject({ open: 1 });
    expect(await drift()).toMatchObject([
      {
        kind: 'refund',
        payment_id: bought.id,
        difference: 'missing_here',
        ours: null,
        theirs: '500 USD',
        cause: 'event_never_arrived',
        open: true,
      },
    ]);
    shop.stripe.faults.clear();
    nextDay();
    expect(await compare()).toMatchObject({ open: 0 });
    expect(await drift()).toMatchObject([{ open: false }]);
    const [refunds] = (await totals()).filter(({ kind }) => kind === 'refund');
    expect(refunds).toMatchObject({ ours_minor: '500', theirs_minor: '500' });
  });
});

describe('amounts that differ', () => {
  it('are shown with both values, and nothing is booked because of them', async () => {
    const bought = await shop.agree('stripe');
    await settle();
    const { rows } = await shop.admin.query<{ object_id: string }>(
      `select object_id from private.payment_facts where kind = 'fee' and payment_id = $1`,
      [bought.id],
    );
    const line = rows[0]?.object_id;
    await shop.control('stripe', 'PUT', `/stripe/objects/${line}`, { changes: { amount: 1998, fee: 90 } });
    nextDay();
    expect(await compare()).toMatchObject({ open: 2 });
    expect(await drift()).toMatchObject([
      { difference: 'differs', field: 'amount', ours: '1999 USD', theirs: '1998 USD', payment_id: bought.id },
      { difference: 'differs', field: 'fee', ours: '88 USD', theirs: '90 USD' },
    ]);
    expect((await paymentRows(shop.admin, bought.id)).payment).toMatchObject({ captured_minor: '1999' });
  });
});

describe('what we booked and the provider does not list', () => {
  it('is shown, and resolved once the statement has it', async () => {
    const bought = await shop.agree('stripe');
    await settle();
    const list = shop.sweepDeps.statements.stripe;
    const hides = { list: async () => ({ movements: [], refused: [], next: null }), find: async () => [] };
    const { statements } = shop.sweepDeps;
    Object.assign(shop.sweepDeps, { statements: { ...statements, stripe: hides } });
    // The ledger's days are the database's; those of the doubles may be ahead.
    await shop.admin.query('update public.payments set created_at = now()');
    nextDay();
    nextDay();
    expect(await compare()).toMatchObject({ open: 2 });
    expect(await drift()).toMatchObject([
      { kind: 'capture', difference: 'missing_there', payment_id: bought.id, ours: '1999 USD', theirs: null },
      { kind: 'fee', difference: 'missing_there', field: 'fee' },
    ]);
    Object.assign(shop.sweepDeps, { statements: { ...statements, stripe: list } });
    nextDay();
    expect(await compare()).toMatchObject({ open: 0 });
  });
});

it('tells how many differences are open', async () => {
  const told: number[] = [];
  Object.assign(shop.sweepDeps, { onDrift: (open: number) => told.push(open) });
  await compare();
  expect(told).toEqual([0]);
});
