import { randomUUID } from 'node:crypto';
import type { Database } from '#shared/database/pool';
import { refusalOf } from '../support/money-statement';
import { insertPayment } from '../support/payment-rows';
import { openPaymentDatabase, type PaymentDatabase } from '../support/payment-service';

let databases: PaymentDatabase;
let service: Database;
let opener: Database;
/** A payment of 1999 USD for each test. */
let id: string;

beforeAll(async () => {
  databases = await openPaymentDatabase();
  service = databases.as('tandem_reconcile');
  opener = databases.as('tandem_payment', 1);
});
beforeEach(async () => {
  id = (await insertPayment(databases.admin)).id;
});
afterAll(() => databases.close());

const insertFact = (fact: Record<string, unknown> = {}) => {
  const row = {
    payment_id: id,
    provider: 'stripe',
    kind: 'capture',
    object_id: `ch_${id}`,
    status: 'succeeded',
    currency: 'USD',
    amount_minor: 1999,
    parent_id: null,
    as_of: '-infinity',
    ...fact,
  };
  return refusalOf(
    service.query(
      `insert into private.payment_facts select * from json_populate_record(null::private.payment_facts, $1::json)`,
      [JSON.stringify({ ...row, recorded_at: '2026-11-22T12:00:00Z' })],
    ),
  );
};

describe('facts', () => {
  it.each([
    ['another currency than the payment’s', { currency: 'EUR' }, 'payment_facts_payment_id_currency_fkey'],
    ['a payment that is none', { payment_id: randomUUID() }, 'payment_facts_payment_id_currency_fkey'],
    ['an unknown status', { status: 'won' }, 'payment_facts_known_status'],
    ['an unknown kind', { kind: 'gift' }, 'payment_facts_known_status'],
    ['a status of another kind', { kind: 'fee', parent_id: 'ch' }, 'payment_facts_known_status'],
    ['a negative amount', { amount_minor: -1 }, 'payment_facts_amount_minor_check'],
    ['a refund of nothing', { kind: 'refund' }, 'payment_facts_parent'],
    ['a capture of something', { parent_id: 'ch_0' }, 'payment_facts_parent'],
    ['a dispute of nothing', { kind: 'dispute', status: 'won', amount_minor: 0 }, 'payment_facts_parent'],
    [
      'a dispute that is worth something',
      { kind: 'dispute', status: 'won', parent_id: 'ch_0' },
      'payment_facts_dispute_is_no_money',
    ],
    [
      'a withdrawal of nothing',
      { kind: 'withdrawal', status: 'withdrawn', parent_id: 'ch_0', amount_minor: 0 },
      'payment_facts_movement_is_money',
    ],
    ['money as of a time', { as_of: '2026-11-22T12:00:00Z' }, 'payment_facts_as_of'],
    ['no object', { object_id: '' }, 'payment_facts_object_id_check'],
    ['an unknown provider', { provider: 'adyen' }, 'payment_facts_provider_check'],
  ])('refuse %s', async (_, fact, constraint) => {
    expect(await insertFact(fact)).toBe(constraint);
  });

  it('refuse a second row under one business key, even for another payment', async () => {
    const object_id = `re_${id}`;
    const fact = { kind: 'refund', status: 'pending', object_id, parent_id: 'ch_0' };
    expect(await insertFact(fact)).toBeNull();
    expect(await insertFact(fact)).toBe('payment_facts_pkey');
    ({ id } = await insertPayment(databases.admin));
    expect(await insertFact(fact)).toBe('payment_facts_pkey');
  });
});

describe('payments', () => {
  const insert = (row: Record<string, unknown>) => {
    const whole = { provider: 'stripe', price_id: 'pro', currency: 'USD', amount_minor: 1, ...row };
    const names = ['id', ...Object.keys(whole)];
    return refusalOf(
      opener.query(
        `insert into public.payments (${names.join(', ')}) values (${names.map((_, i) => `$${i + 1}`).join(', ')})`,
        [randomUUID(), ...Object.values(whole)],
      ),
    );
  };

  it.each([
    ['no amount', { amount_minor: 0 }, 'payments_amount_minor_check'],
    ['a negative amount', { amount_minor: -5 }, 'payments_amount_minor_check'],
    ['a currency that is none', { currency: 'usd' }, 'payments_currency_check'],
    ['a price that is none', { price_id: 'free' }, 'payments_price_id_fkey'],
    ['an owner that is none', { user_id: randomUUID() }, 'payments_user_id_fkey'],
    ['a payment that begins settled', { status: 'succeeded' }, '42501'],
    ['a payment that begins with money', { captured_minor: 1 }, '42501'],
    ['a payment that begins disputed', { dispute_status: 'won' }, '42501'],
    [
      'an amount beyond what JSON tells exactly',
      { amount_minor: '1000000000000' },
      'payments_amount_is_exact',
    ],
    ['an amount beyond bigint', { amount_minor: '9223372036854775808' }, '22003'],
  ])('refuse %s', async (_, row, constraint) => {
    expect(await insert(row)).toBe(constraint);
  });

  it('refuse an unknown status', async () => {
    const set = (column: string) =>
      refusalOf(service.query(`update public.payments set ${column} = 'paid' where id = $1`, [id]));
    expect(await set('status')).toBe('payments_status_check');
    expect(await set('dispute_status')).toBe('payments_dispute_status_check');
  });

  it('refuse a second payment for one intent of a provider', async () => {
    expect(await insert({ provider_ref: `pi_${id}` })).toBeNull();
    expect(await insert({ provider_ref: `pi_${id}` })).toBe('payments_provider_ref_key');
    expect(await insert({ provider_ref: `pi_${id}`, provider: 'paypal' })).toBeNull();
  });

  it('outlive their user', async () => {
    const { rows } = await databases.admin.query<{ user_id: string }>(
      'select user_id from public.payments where id = $1',
      [id],
    );
    await databases.admin.query('delete from auth.users where id = $1', [rows[0]?.user_id]);
    const { rows: after } = await databases.admin.query('select user_id from public.payments where id = $1', [
      id,
    ]);
    expect(after).toEqual([{ user_id: null }]);
  });
});

describe('prices', () => {
  const FORM = 'prices_fixed_or_bounded';

  it.each([
    ['both fixed and bounded', { amount_minor: 1, min_amount_minor: 1, max_amount_minor: 2 }, FORM],
    ['neither', {}, FORM],
    ['half bounded', { min_amount_minor: 1 }, FORM],
    ['bounded the wrong way round', { min_amount_minor: 5, max_amount_minor: 4 }, FORM],
    ['beyond what JSON tells exactly', { amount_minor: 1_000_000_000_000 }, 'prices_amount_is_exact'],
  ])('are not %s', async (_, amounts, constraint) => {
    const row = { id: `p-${randomUUID().slice(0, 8)}`, name: 'P', currency: 'USD', active: true, ...amounts };
    const refusal = await refusalOf(
      databases.as('postgres', 1).query(
        `insert into public.prices (id, name, currency, active, amount_minor, min_amount_minor, max_amount_minor)
         select id, name, currency, active, amount_minor, min_amount_minor, max_amount_minor
         from json_populate_record(null::public.prices, $1::json)`,
        [JSON.stringify(row)],
      ),
    );
    expect(refusal).toBe(constraint);
  });
});
