import type { Tandem } from '../../local/tandem';
import type { OwnerDatabase } from './owner-database';

/** Looks that the sweep takes in quick succession; then a payment waits for its rhythm, which is that of real time. */
const QUICK_LOOKS = 5;

/** Makes every open payment and call old enough for the sweep, and due: all, or those that were not looked at often. */
export const letTimePass = async (db: OwnerDatabase, which: 'all' | 'recent'): Promise<void> => {
  // Others may hold a payment for long: its time passes with the next call of this.
  await db.query(`update public.payments set created_at = now() - interval '3 minutes'
    where id in (select id from public.payments where created_at > now() - interval '3 minutes'
                 for update skip locked)`);
  await db.query(`update private.provider_calls
    set created_at = least(created_at, now() - interval '3 minutes'), attempted_at = least(attempted_at, now() - interval '3 minutes')
    where state in ('intended', 'unknown')`);
  await db.query(
    'update private.payment_sweeps set next_at = now() where next_at > now() and attempts <= $1::int',
    [which === 'all' ? 2 ** 31 - 1 : QUICK_LOOKS],
  );
};

/**
 * Claims are believed for 35 s; here that time passes at once for those that were made before any call that still runs, and
 * so belong to the dead.
 */
export const letClaimsLapse = async (db: OwnerDatabase, oldestCallMs: number): Promise<void> => {
  await db.query(
    `update private.idempotency_keys set claimed_at = claimed_at - interval '36 seconds'
     where state = 'in_flight' and claimed_at > 'epoch' and claimed_at < to_timestamp($1::double precision / 1000)`,
    [oldestCallMs],
  );
};

/** Longer than anything takes that the providers do by themselves, such as sending a refund on its way. Milliseconds. */
const PROVIDERS_OWN_MS = 60_000;

/** Lets the providers finish what they do by themselves, and send again what nobody answered. */
export const letProvidersFinish = async ({ doubles }: Tandem): Promise<void> => {
  for (const double of [doubles.stripe, doubles.paypal]) {
    double?.clock.advance(PROVIDERS_OWN_MS);
    await double?.deliveries.drain();
  }
};

const HOUR_MS = 3_600_000;

/** After so long a provider has forgotten a key: Stripe's 24 h, PayPal's 6 h for orders and 45 days for refunds, and an hour. */
const DEAD_AFTER_HOURS = { stripe: 25, paypal: 7, 'paypal refund': 45 * 24 + 1 } as const;

/**
 * Lets so much time pass, here and at the providers, that they have forgotten the keys of all calls without an outcome: asking
 * again with such a key would do it again.
 *
 * @returns how many calls that were
 */
export const letKeysDie = async ({ doubles }: Tandem, db: OwnerDatabase): Promise<number> => {
  const calls = await db.query<{ readonly provider: string; readonly operation: string }>(
    `with aged as (
       select key, payment_id, provider, operation,
              case when provider = 'stripe' then $1::int when operation = 'refund' then $3::int else $2::int end * interval '1 hour' as age
       from private.provider_calls where state in ('intended', 'unknown')
     ), payment as (
       update public.payments p set created_at = p.created_at - a.age
       from (select payment_id, max(age) as age from aged group by payment_id) a where a.payment_id = p.id
     )
     update private.provider_calls c
     set created_at = c.created_at - a.age, attempted_at = c.attempted_at - a.age
     from aged a where a.key = c.key
     returning c.provider, c.operation`,
    [DEAD_AFTER_HOURS.stripe, DEAD_AFTER_HOURS.paypal, DEAD_AFTER_HOURS['paypal refund']],
  );
  const isLong = calls.some(({ provider, operation }) => provider === 'paypal' && operation === 'refund');
  doubles.stripe?.clock.advance(DEAD_AFTER_HOURS.stripe * HOUR_MS);
  doubles.paypal?.clock.advance(DEAD_AFTER_HOURS[isLong ? 'paypal refund' : 'paypal'] * HOUR_MS);
  return calls.length;
};

/** Lets hours pass everywhere: the providers' clocks go on, and what is here is so much older. */
export const letHoursPass = async ({ doubles }: Tandem, db: OwnerDatabase, hours: number): Promise<void> => {
  for (const double of [doubles.stripe, doubles.paypal]) double?.clock.advance(hours * HOUR_MS);
  const age = `$1::int * interval '1 hour'`;
  await db.query(`update public.payments set created_at = created_at - ${age}`, [hours]);
  await db.query(
    `update private.provider_calls set created_at = created_at - ${age}, attempted_at = attempted_at - ${age}`,
    [hours],
  );
  await db.query(`update private.payment_sweeps set next_at = next_at - ${age}`, [hours]);
  await db.query(`update private.idempotency_keys set claimed_at = claimed_at - ${age}`, [hours]);
};
