import { randomUUID } from 'node:crypto';
import type { ListProviderEvents, ListWindow } from '../../services/payment/ports';
import { makeBreakable } from '../support/breakable-database';
import { type DoubleShop, openDoubleShop, type Purchase } from '../support/double-shop';
import { paymentRows } from '../support/payment-rows';
import { expectSoundBooks } from '../support/payment-service';
import { makeReconciler } from '../support/payment-workers';
import { providerMessage, sqsEvent, sqsRecord } from '../support/sqs-event';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const connection = makeBreakable();
let shop: DoubleShop;
beforeEach(async () => {
  connection.revive();
  shop = await openDoubleShop({ wrap: connection.wrap });
});
afterEach(async () => {
  await expectSoundBooks(shop.admin);
  await shop.close();
});

const importEvents = async () => (await shop.sweep('provider-events')).sweepProviderEvents;
const statusOf = async ({ id }: Purchase) => (await paymentRows(shop.admin, id)).payment?.status;
const cursors = async () => {
  const { rows } = await shop.admin.query<{
    provider: string;
    read_until: Date;
    window_until: Date | null;
    page_mark: string | null;
  }>(
    `select provider, read_until, window_until, page_mark from private.provider_cursors
     where list = 'events' order by provider desc`,
  );
  return rows;
};
const eventsOf = async (provider: string) => {
  const { rows } = await shop.admin.query<{ event_id: string; outcome: string; body: string | null }>(
    `select event_id, outcome, body from private.inbox where provider = $1 and source = 'events' order by event_id`,
    [provider],
  );
  return rows;
};
const buySeveral = (provider: 'stripe' | 'paypal', count: number): Promise<Purchase[]> =>
  Promise.all(Array.from({ length: count }, () => shop.agree(provider)));

/** What Stripe is asked for from now on. */
const watchWindows = (): ListWindow[] => {
  const windows: ListWindow[] = [];
  const { listEvents } = shop.sweepDeps;
  const stripe: ListProviderEvents = (window) => {
    windows.push(window);
    return listEvents.stripe(window);
  };
  Object.assign(shop.sweepDeps, { listEvents: { ...listEvents, stripe } });
  return windows;
};

describe('events that no webhook brought', () => {
  it('settle what was paid at Stripe, and open what waits for us at PayPal', async () => {
    const [bought, approved] = [await shop.agree('stripe'), await shop.agree('paypal')];
    expect(await importEvents()).toMatchObject({ looked: 3, failed: 0 });
    expect(await statusOf(bought)).toBe('succeeded');
    expect(await statusOf(approved)).toBe('requires_confirmation');
    expect(shop.failures).toEqual([]);
  });

  it('are kept as their webhooks would have been: redacted, once, and never again', async () => {
    await shop.agree('stripe');
    await shop.agree('paypal');
    await importEvents();
    const [stripe, paypal] = [await eventsOf('stripe'), await eventsOf('paypal')];
    expect(stripe.map(({ outcome }) => outcome)).toEqual(['applied', 'applied']);
    expect(stripe.map(({ body }) => body).join()).not.toMatch(/client_secret":"pi_|@|last4":"\d/);
    // Of a PayPal event nothing counts but ids.
    expect(paypal.map(({ body }) => body).join()).not.toMatch(/amount|email|status/);
    shop.clock.advance(HOUR / 2);
    expect(await importEvents()).toMatchObject({ looked: 0, failed: 0 });
  });

  it('are the same as their webhooks, whichever comes first', async () => {
    const bought = await shop.agree('stripe');
    await importEvents();
    const rows = async () => {
      const { rows: all } = await shop.admin.query<{ event_id: string; body: string; attempts: number }>(
        `select event_id, body, source, outcome, attempts from private.inbox where provider = 'stripe' and body is not null
         order by event_id`,
      );
      return all;
    };
    const before = [await rows(), await paymentRows(shop.admin, bought.id)];
    const records = (await rows()).map(({ event_id: id, body }) =>
      sqsRecord({ ...providerMessage({ id, type: 'x' }), body }),
    );
    const { batchItemFailures } = await makeReconciler(shop.as('tandem_reconcile', 1)).handle(
      sqsEvent(records),
    );
    expect(batchItemFailures).toEqual([]);
    expect([await rows(), await paymentRows(shop.admin, bought.id)]).toEqual(before);
    // And the other way round: what a webhook brought is passed over.
    await shop.admin.query(`delete from private.provider_cursors where list = 'events'`);
    expect(await importEvents()).toMatchObject({ looked: 0, failed: 0 });
  });

  it('are asked for only since the last reading, less an overlap', async () => {
    await shop.agree('stripe');
    await importEvents();
    shop.stripe.calls.clear();
    shop.clock.advance(3 * HOUR);
    const before = shop.clock.now();
    await importEvents();
    // One question when nothing has happened.
    expect(shop.stripe.calls.read().counts).toEqual({ 'GET /v1/events': 1 });
    const [stripe] = await cursors();
    expect(stripe?.read_until.getTime()).toBeGreaterThanOrEqual(before);
    expect(stripe).toMatchObject({ window_until: null, page_mark: null });
  });

  it('that appear late in the list are found within the overlap', async () => {
    const [bought, late] = [await shop.agree('stripe'), await shop.agree('stripe')];
    const { listEvents } = shop.sweepDeps;
    const withoutLate: ListProviderEvents = async (window) => {
      const page = await listEvents.stripe(window);
      return { ...page, events: page.events.filter(({ body }) => !body.includes(late.ref)) };
    };
    Object.assign(shop.sweepDeps, { listEvents: { ...listEvents, stripe: withoutLate } });
    shop.clock.advance(10 * MINUTE);
    await importEvents();
    expect([await statusOf(bought), await statusOf(late)]).toEqual(['succeeded', 'requires_payment_method']);
    Object.assign(shop.sweepDeps, { listEvents });
    shop.clock.advance(40 * MINUTE);
    expect(await importEvents()).toMatchObject({ looked: 2, failed: 0 });
    expect(await statusOf(late)).toBe('succeeded');
  });

  it('of one second are all taken in, over pages of any size', async () => {
    const frozen = shop.clock.now();
    jest.spyOn(shop.clock, 'now').mockReturnValue(frozen);
    const bought = await buySeveral('stripe', 60);
    jest.restoreAllMocks();
    shop.stripe.calls.clear();
    expect(await importEvents()).toMatchObject({ looked: 120, failed: 0 });
    // 120 events at 100 a page.
    expect(shop.stripe.calls.read().counts).toEqual({ 'GET /v1/events': 2 });
    expect(new Set(await Promise.all(bought.map(statusOf)))).toEqual(new Set(['succeeded']));
  });

  it('about one order lead to one question', async () => {
    const { ref } = await shop.agree('paypal');
    await shop.sweepDeps.providers.paypal.capture({ key: randomUUID(), providerRef: ref });
    shop.paypal.calls.clear();
    expect(await importEvents()).toMatchObject({ looked: 3, failed: 0 });
    const { counts } = shop.paypal.calls.read();
    expect(counts['GET /v2/checkout/orders/{id}']).toBe(1);
  });
});

describe('a run that ends too early', () => {
  it('goes on at the page that was not in, and takes nothing twice', async () => {
    const bought = await buySeveral('stripe', 60);
    connection.dieAt('set read_until', 'after');
    await expect(importEvents()).rejects.toMatchObject({ code: 'database_unavailable' });
    const [marked] = await cursors();
    expect(marked?.page_mark).toMatch(/^evt_/);
    connection.revive();
    const windows = watchWindows();
    expect(await importEvents()).toMatchObject({ failed: 0 });
    expect(windows[0]?.mark).toBe(marked?.page_mark);
    expect(await eventsOf('stripe')).toHaveLength(120);
    for (const purchase of bought) expect(await statusOf(purchase)).toBe('succeeded');
  });

  it('reads a page again that was in when its cursor was not', async () => {
    const bought = await buySeveral('stripe', 3);
    connection.dieAt('set read_until', 'before');
    await expect(importEvents()).rejects.toMatchObject({ code: 'database_unavailable' });
    connection.revive();
    expect(await importEvents()).toMatchObject({ failed: 0 });
    expect(await eventsOf('stripe')).toHaveLength(6);
    for (const purchase of bought) expect(await statusOf(purchase)).toBe('succeeded');
  });

  it('starts its window again when the provider has forgotten the page', async () => {
    const bought = await shop.agree('stripe');
    await shop.admin.query(
      `insert into private.provider_cursors (provider, list, read_until, window_from, window_until, page_mark)
       values ('stripe', 'events', date_trunc('second', now()) - interval '1 hour', now() - interval '2 hours', now(),
               'evt_forgotten')`,
    );
    expect(await importEvents()).toMatchObject({ failed: 0 });
    expect(await statusOf(bought)).toBe('succeeded');
  });

  it('moves no cursor that another run has moved', async () => {
    await buySeveral('stripe', 2);
    const runs = await Promise.all([importEvents(), importEvents(), importEvents()]);
    expect(runs.map((run) => run?.failed)).toEqual([0, 0, 0]);
    expect(await eventsOf('stripe')).toHaveLength(4);
  });
});

describe('a provider that does not answer', () => {
  it('does not hold up the other, and is read from the same place afterwards', async () => {
    const [bought, approved] = [await shop.agree('stripe'), await shop.agree('paypal')];
    shop.stripe.faults.add({ pathPattern: '/v1/events', action: { status: 500 } });
    expect(await importEvents()).toMatchObject({ failed: 1 });
    expect(await statusOf(approved)).toBe('requires_confirmation');
    expect(shop.failures).toMatchObject([{ task: 'provider-events', id: 'stripe' }]);
    shop.stripe.faults.clear();
    expect(await importEvents()).toMatchObject({ failed: 0 });
    expect(await statusOf(bought)).toBe('succeeded');
  });

  it('is left alone for as long as it asks to be, over runs', async () => {
    await shop.agree('stripe');
    const headers = { 'retry-after': '1800' };
    shop.stripe.faults.add({ pathPattern: '/v1/events', times: 2, action: { status: 429, headers } });
    await importEvents();
    shop.stripe.calls.clear();
    shop.clock.advance(20 * MINUTE);
    await importEvents();
    expect(shop.stripe.calls.read().counts).toEqual({});
    shop.stripe.faults.clear();
    shop.clock.advance(20 * MINUTE);
    expect(await importEvents()).toMatchObject({ looked: 2, failed: 0 });
  });

  it('is asked again within the run when it only stumbled', async () => {
    const approved = await shop.agree('paypal');
    const pathPattern = '/v1/notifications/webhooks-events';
    shop.paypal.faults.add({ pathPattern, times: 2, action: { status: 503 } });
    expect(await importEvents()).toMatchObject({ failed: 0 });
    expect(await statusOf(approved)).toBe('requires_confirmation');
  });

  it('stumbling over one object keeps the cursor before its event', async () => {
    const approved = await shop.agree('paypal');
    // Longer than the overlap: only a cursor that stays leads back to it.
    shop.clock.advance(90 * MINUTE);
    shop.paypal.faults.add({ pathPattern: '/v2/checkout/orders/{id}', action: { status: 500 } });
    expect(await importEvents()).toMatchObject({ failed: 1 });
    expect((await cursors())[1]).toMatchObject({ window_until: null, page_mark: null });
    shop.paypal.faults.clear();
    expect(await importEvents()).toMatchObject({ failed: 0 });
    expect(await statusOf(approved)).toBe('requires_confirmation');
  });
});

describe('an event that a webhook would have refused', () => {
  it('is told and passed over: it must not keep the later ones out', async () => {
    const bought = await shop.agree('stripe');
    const list = shop.sweepDeps.listEvents.stripe;
    const listEvents = {
      ...shop.sweepDeps.listEvents,
      stripe: async (window: Parameters<typeof list>[0]) => ({
        ...(await list(window)),
        refused: [{ id: 'evt_live', error: new Error('of the other mode') }],
      }),
    };
    Object.assign(shop.sweepDeps, { listEvents });
    expect(await importEvents()).toMatchObject({ failed: 1 });
    expect(shop.failures).toMatchObject([{ task: 'provider-event', id: 'evt_live' }]);
    expect(await statusOf(bought)).toBe('succeeded');
    expect((await cursors())[0]?.window_until).toBeNull();
  });
});
