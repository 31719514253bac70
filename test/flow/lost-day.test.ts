import { type DoubleShop, openDoubleShop, type Purchase } from '../support/double-shop';
import { expectSoundBooks } from '../support/payment-service';

/**
 * A day on which no webhook arrives at all: purchases every hour, refunds and disputes made in the providers' dashboards, and
 * nothing to tell of them but the sweep. Each purchase must be settled within two periods of the hourly one, and the day after
 * the statements must agree.
 */
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const EACH_HOUR = 3;

let shop: DoubleShop;
beforeAll(async () => {
  shop = await openDoubleShop();
});
afterAll(async () => {
  await expectSoundBooks(shop.admin);
  await shop.close();
});

const statusOf = async (): Promise<
  ReadonlyMap<string, { status: string; captured: string; refunded: string }>
> => {
  const { rows } = await shop.admin.query<{
    id: string;
    status: string;
    captured_minor: string;
    refunded_minor: string;
  }>('select id, status, captured_minor, refunded_minor from public.payments');
  return new Map(
    rows.map((row) => [
      row.id,
      { status: row.status, captured: row.captured_minor, refunded: row.refunded_minor },
    ]),
  );
};

/** One hour: purchases, a refund of an earlier one in the dashboard, and the sweeps that are due in it. */
const passHour = async (hour: number, bought: Purchase[]): Promise<void> => {
  const made: Purchase[] = [];
  for (let count = 0; count < EACH_HOUR; count += 1) {
    made.push(await shop.agree('stripe'), await shop.agree('paypal'));
  }
  const earlier = bought[hour * 2];
  if (hour % 4 === 3 && earlier?.provider === 'stripe') {
    await fetch(`${shop.stripe.url}/v1/refunds`, {
      method: 'POST',
      headers: { authorization: `Bearer ${shop.stripe.secretKey}` },
      body: new URLSearchParams({ payment_intent: earlier.ref, amount: '700' }),
    });
  }
  bought.push(...made);
  // Every five minutes in truth; one of them an hour is enough to capture what was approved.
  shop.clock.advance(HOUR / 2);
  await shop.sweep('open-payments');
  shop.clock.advance(HOUR / 2);
  await shop.sweep('provider-events');
};

it('is made good within two periods, and the books agree the day after', async () => {
  const bought: Purchase[] = [];
  let slowest = 0;
  const unsettled = new Map<string, number>();
  for (let hour = 0; hour < 24; hour += 1) {
    await passHour(hour, bought);
    const states = await statusOf();
    for (const { id } of bought) {
      const isSettled = states.get(id)?.captured === '1999';
      const waited = isSettled ? (unsettled.get(id) ?? 0) : (unsettled.get(id) ?? 0) + 1;
      unsettled.set(id, isSettled ? 0 : waited);
      slowest = Math.max(slowest, waited);
    }
  }
  // Periods that any purchase was still open at the end of.
  expect(slowest).toBeLessThanOrEqual(1);
  expect(bought).toHaveLength(24 * EACH_HOUR * 2);

  const ledgers = await Promise.all(
    (['stripe', 'paypal'] as const).map(async (provider) => {
      const { entries } = (await shop.control(provider, 'GET', '/ledger')) as {
        entries: { id: string; kind: string; amount: number; paymentId: string }[];
      };
      return entries;
    }),
  );
  const truth = ledgers
    .flat()
    .filter(({ kind }) => kind === 'charge' || kind === 'refund')
    .map(({ id, amount }) => `${id} ${Math.abs(amount)}`)
    .sort();
  const { rows: facts } = await shop.admin.query<{ fact: string }>(
    `select object_id || ' ' || amount_minor as fact from private.payment_facts
     where kind in ('capture', 'refund') and status = 'succeeded' order by object_id`,
  );
  expect(facts.map(({ fact }) => fact).sort()).toEqual(truth);
  // Every purchase, and the refunds that nobody told us of.
  expect(truth).toHaveLength(24 * EACH_HOUR * 2 + 6);

  shop.clock.advance(DAY - (shop.clock.now() % DAY) + 4 * HOUR);
  await shop.sweep('open-payments');
  const questions = () =>
    shop.callsTo('stripe', /payment_intents|refunds|charges/) + shop.callsTo('paypal', /orders|payments/);
  const asked = questions();
  const { sweepDailyTotals: compared } = await shop.sweep('daily-totals');
  expect(compared).toMatchObject({ failed: 0, open: 0 });
  const { rows: unequal } = await shop.admin.query(
    'select * from private.daily_totals where ours_minor <> theirs_minor or ours_count <> theirs_count',
  );
  expect(unequal).toEqual([]);
  // Read from the statements, without a question about any payment. How many pages that takes depends on how far the virtual
  // days are from the database's.
  expect(questions()).toBe(asked);
  expect(shop.failures).toEqual([]);
}, 120_000);
