import { openPaymentDatabase, type PaymentDatabase } from '../support/payment-service';

let databases: PaymentDatabase;
beforeAll(async () => {
  databases = await openPaymentDatabase();
});
afterAll(() => databases.close());

const periodOf = async (
  period: string,
  day: string,
  current: readonly [string | null, string | null] = [null, null],
): Promise<string> => {
  const { rows } = await databases.admin.query<{ found: string }>(
    `select concat(starts, ' ', ends) as found from private.usage_period($1, $2::date, $3::date, $4::date)`,
    [period, day, ...current],
  );
  expect(rows).toHaveLength(1);
  return rows[0]?.found ?? '';
};

it.each([
  ['day', '2028-02-28', '2028-02-28 2028-02-29'],
  ['day', '2028-02-29', '2028-02-29 2028-03-01'],
  ['day', '2026-12-31', '2026-12-31 2027-01-01'],
  ['month', '2028-02-29', '2028-02-01 2028-03-01'],
  ['month', '2027-02-28', '2027-02-01 2027-03-01'],
  ['month', '2026-12-31', '2026-12-01 2027-01-01'],
  ['billing_period', '2026-11-23', '2026-11-01 2026-12-01'],
])('a %s has %s in %s', async (period, day, found) => {
  expect(await periodOf(period, day)).toBe(found);
});

describe('a billing period', () => {
  it.each([
    // Made on January 31: short months move the day down, and it comes back.
    ['2027-01-31', '2027-02-28', '2027-02-27', '2027-01-31 2027-02-28'],
    ['2027-01-31', '2027-02-28', '2027-02-28', '2027-02-28 2027-03-31'],
    ['2027-01-31', '2027-02-28', '2027-03-30', '2027-02-28 2027-03-31'],
    ['2027-01-31', '2027-02-28', '2027-03-31', '2027-03-31 2027-04-30'],
    ['2027-01-31', '2027-02-28', '2028-02-29', '2028-02-29 2028-03-31'],
    ['2027-01-31', '2027-02-28', '2026-12-30', '2026-11-30 2026-12-31'],
    // The same, once the provider has moved it on.
    ['2027-02-28', '2027-03-31', '2027-02-10', '2027-01-31 2027-02-28'],
    ['2027-02-28', '2027-03-31', '2027-03-31', '2027-03-31 2027-04-30'],
    // An ordinary day.
    ['2026-11-15', '2026-12-15', '2026-11-15', '2026-11-15 2026-12-15'],
    ['2026-11-15', '2026-12-15', '2026-12-14', '2026-11-15 2026-12-15'],
    ['2026-11-15', '2026-12-15', '2026-12-15', '2026-12-15 2027-01-15'],
    ['2026-11-15', '2026-12-15', '2026-11-14', '2026-10-15 2026-11-15'],
    // A year from a leap day, a quarter, a week.
    ['2028-02-29', '2029-02-28', '2029-02-28', '2029-02-28 2030-02-28'],
    ['2028-02-29', '2029-02-28', '2028-02-28', '2027-02-28 2028-02-29'],
    ['2026-11-30', '2027-02-28', '2027-02-28', '2027-02-28 2027-05-30'],
    ['2026-11-02', '2026-11-09', '2026-11-09', '2026-11-09 2026-11-16'],
    ['2026-11-02', '2026-11-09', '2026-11-01', '2026-10-26 2026-11-02'],
  ])('from %s to %s: %s is in %s', async (starts, ends, day, found) => {
    expect(await periodOf('billing_period', day, [starts, ends])).toBe(found);
  });

  it('has every day in exactly one period, and periods without a gap', async () => {
    const { rows } = await databases.admin.query<{ wrong: number; days: number }>(
      `with subscription as (
         select s::date as starts, (s + n * interval '1 month')::date as ends
         from generate_series(timestamp '2027-01-25', '2027-03-03', '1 day') s, unnest(array[1, 3, 12]) n
       ), days as (
         select x.starts, x.ends, d::date as day, p.starts as first_day, p.ends as next_day
         from subscription x, generate_series(timestamp '2027-12-20', '2028-04-05', '1 day') d,
           lateral private.usage_period('billing_period', d::date, x.starts, x.ends) p
       ), compared as (
         select *, lag(first_day) over w as earlier_first, lag(next_day) over w as earlier_next
         from days window w as (partition by starts, ends order by day)
       )
       select count(*)::int as days, count(*) filter (where not (day >= first_day and day < next_day)
         or not (first_day = earlier_first and next_day = earlier_next or first_day = earlier_next and day = first_day))::int as wrong
       from compared`,
    );
    expect(rows[0]).toEqual({ days: 38 * 3 * 108, wrong: 0 });
  });
});
