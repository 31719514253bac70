import { randomUUID } from 'node:crypto';
import type { Database } from '#shared/database/pool';
import type { Queryable } from '#shared/database/queryable';
import { withTransaction } from '#shared/database/with-transaction';
import { insertPayment } from '../support/payment-rows';
import { openPaymentDatabase, type PaymentDatabase } from '../support/payment-service';

let databases: PaymentDatabase;
let service: Database;
/** A payment of 1999 USD for each test. */
let id: string;

beforeAll(async () => {
  databases = await openPaymentDatabase();
  service = databases.as('tandem_reconcile');
});
beforeEach(async () => {
  id = (await insertPayment(databases.admin)).id;
});
afterAll(() => databases.close());

/** The constraint that refuses these statements, at the latest when they are committed; null when none does. */
const refusalOf = async (
  work: (tx: Queryable) => Promise<unknown>,
  as: Database = service,
): Promise<string | null> => {
  try {
    await withTransaction(as, work);
    return null;
  } catch (error) {
    const { cause } = error as { cause?: { constraint?: string; code?: string } };
    return cause?.constraint ?? cause?.code ?? String(error);
  }
};

const insertFact = (tx: Queryable, fact: Record<string, unknown> = {}) => {
  const row = {
    payment_id: id,
    provider: 'stripe',
    kind: 'capture',
    object_id: `ch_${id}`,
    status: 'succeeded',
    currency: 'USD',
    amount_minor: 1999,
    parent_id: null,
    ...fact,
  };
  return tx.query(
    `insert into private.payment_facts select * from json_populate_record(null::private.payment_facts, $1::json)`,
    [JSON.stringify({ ...row, recorded_at: '2026-11-22T12:00:00Z' })],
  );
};

const setTotals = (tx: Queryable, [captured, refunded = 0, fee = 0]: readonly number[]) =>
  tx.query(
    `update public.payments set captured_minor = $2, refunded_minor = $3, fee_minor = $4 where id = $1`,
    [id, captured, refunded, fee],
  );

describe('totals', () => {
  it('are accepted when they follow from the facts', async () => {
    const refusal = await refusalOf(async (tx) => {
      await setTotals(tx, [1999, 500, 88]);
      await insertFact(tx);
      const parent_id = `ch_${id}`;
      await insertFact(tx, { kind: 'refund', object_id: `re_${id}`, amount_minor: 500, parent_id });
      await insertFact(tx, {
        kind: 'fee',
        object_id: `txn_${id}`,
        status: 'charged',
        amount_minor: 88,
        parent_id,
      });
    });
    expect(refusal).toBeNull();
  });

  it.each([
    ['captured without a fact', [1999, 0, 0]],
    ['a fee without a fact', [0, 0, 5]],
  ] as const)('are refused: %s', async (_, totals) => {
    expect(await refusalOf((tx) => setTotals(tx, totals))).toBe('payments_totals_follow_facts');
  });

  it.each([
    ['less than was captured', [1998, 0, 0]],
    ['a refund that nobody reported', [1999, 1, 0]],
    ['nothing', [0, 0, 0]],
  ] as const)('are refused beside a capture: %s', async (_, totals) => {
    const refusal = await refusalOf(async (tx) => {
      await insertFact(tx);
      await setTotals(tx, totals);
    });
    expect(refusal).toBe('payments_totals_follow_facts');
  });

  it('cannot be forgotten: a fact that is money without its total is refused', async () => {
    expect(await refusalOf((tx) => insertFact(tx))).toBe('payments_totals_follow_facts');
  });

  it.each([
    ['a pending refund', { status: 'pending' }],
    ['a refund of a capture we do not know', { parent_id: 'ch_unknown' }],
  ])('do not count %s', async (_, refund) => {
    const write = (refunded: number) =>
      refusalOf(async (tx) => {
        await insertFact(tx);
        const base = { kind: 'refund', object_id: `re_${id}`, amount_minor: 500, parent_id: `ch_${id}` };
        await insertFact(tx, { ...base, ...refund });
        await setTotals(tx, [1999, refunded]);
      });
    expect(await write(500)).toBe('payments_totals_follow_facts');
    expect(await write(0)).toBeNull();
  });

  it.each(['failed', 'canceled'])('do not count a refund that ended %s', async (status) => {
    const write = (refunded: number) =>
      refusalOf(async (tx) => {
        await insertFact(tx);
        const base = { kind: 'refund', object_id: `re_${id}`, amount_minor: 500, parent_id: `ch_${id}` };
        await insertFact(tx, base);
        await insertFact(tx, { ...base, status });
        await setTotals(tx, [1999, refunded]);
      });
    expect(await write(500)).toBe('payments_totals_follow_facts');
    expect(await write(0)).toBeNull();
  });

  it('refuse more captured than was asked for, and more refunded than captured, facts or not', async () => {
    const tooMuch = await refusalOf(async (tx) => {
      await insertFact(tx, { amount_minor: 2000 });
      await setTotals(tx, [2000]);
    });
    expect(tooMuch).toBe('payments_captured_within_amount');
    const tooMuchBack = await refusalOf(async (tx) => {
      await insertFact(tx);
      const parent_id = `ch_${id}`;
      await insertFact(tx, { kind: 'refund', object_id: `re_${id}`, amount_minor: 2000, parent_id });
      await setTotals(tx, [1999, 2000]);
    });
    expect(tooMuchBack).toBe('payments_refunded_within_captured');
  });

  it('may change more than once before they are committed', async () => {
    const refusal = await refusalOf(async (tx) => {
      await setTotals(tx, [5]);
      await setTotals(tx, [1999]);
      await insertFact(tx);
    });
    expect(refusal).toBeNull();
  });

  it('bind the owner of the tables too', async () => {
    expect(await refusalOf((tx) => setTotals(tx, [1999]), databases.as('postgres', 1))).toBe(
      'payments_totals_follow_facts',
    );
  });
});

describe('facts', () => {
  it.each([
    ['another currency than the payment’s', { currency: 'EUR' }, 'payment_facts_payment_id_currency_fkey'],
    ['a payment that is none', { payment_id: randomUUID() }, 'payment_facts_payment_id_currency_fkey'],
    ['an unknown status', { status: 'won' }, 'payment_facts_known_status'],
    ['an unknown kind', { kind: 'dispute' }, 'payment_facts_known_status'],
    ['a status of another kind', { kind: 'fee', parent_id: 'ch' }, 'payment_facts_known_status'],
    ['a negative amount', { amount_minor: -1 }, 'payment_facts_amount_minor_check'],
    ['a refund of nothing', { kind: 'refund' }, 'payment_facts_parent'],
    ['a capture of something', { parent_id: 'ch_0' }, 'payment_facts_parent'],
    ['no object', { object_id: '' }, 'payment_facts_object_id_check'],
    ['an unknown provider', { provider: 'adyen' }, 'payment_facts_provider_check'],
  ])('refuse %s', async (_, fact, constraint) => {
    expect(await refusalOf((tx) => insertFact(tx, fact))).toBe(constraint);
  });

  it('refuse a second row under one business key, even for another payment', async () => {
    const fact = { status: 'pending', amount_minor: 0 };
    expect(await refusalOf((tx) => insertFact(tx, fact))).toBeNull();
    expect(await refusalOf((tx) => insertFact(tx, fact))).toBe('payment_facts_pkey');
    const object_id = `ch_${id}`;
    ({ id } = await insertPayment(databases.admin));
    expect(await refusalOf((tx) => insertFact(tx, { ...fact, object_id }))).toBe('payment_facts_pkey');
  });
});

describe('payments', () => {
  const insert = (row: Record<string, unknown>) => {
    const whole = { provider: 'stripe', price_id: 'pro', currency: 'USD', amount_minor: 1, ...row };
    const names = ['id', ...Object.keys(whole)];
    return refusalOf(
      (tx) =>
        tx.query(
          `insert into public.payments (${names.join(', ')}) values (${names.map((_, i) => `$${i + 1}`).join(', ')})`,
          [randomUUID(), ...Object.values(whole)],
        ),
      databases.as('tandem_payment', 1),
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
    ['an amount beyond bigint', { amount_minor: '9223372036854775808' }, '22003'],
  ])('refuse %s', async (_, row, constraint) => {
    expect(await insert(row)).toBe(constraint);
  });

  it('refuse an unknown status', async () => {
    const refusal = await refusalOf((tx) =>
      tx.query(`update public.payments set status = 'paid' where id = $1`, [id]),
    );
    expect(refusal).toBe('payments_status_check');
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

describe('the ledger', () => {
  type Entry = readonly [account: string, minor: number, currency?: string];
  const book = (entries: readonly Entry[], more: Record<string, unknown> = {}) =>
    refusalOf(async (tx) => {
      const key = `stripe:capture:ch_${id}:succeeded`;
      const { currency = 'USD', kind = 'capture' } = more;
      await tx.query(
        'insert into private.ledger_transactions (key, payment_id, currency, kind) values ($1, $2, $3, $4)',
        [key, id, currency, kind],
      );
      for (const [account, minor, of = currency] of entries) {
        await tx.query('insert into private.ledger_entries values ($1, $2, $3, $4)', [
          key,
          account,
          of,
          minor,
        ]);
      }
    });

  it('accepts two entries that sum to zero, once', async () => {
    const entries = [
      ['stripe_balance', 5],
      ['sales', -5],
    ] as const;
    expect(await book(entries)).toBeNull();
    expect(await book(entries)).toBe('ledger_transactions_pkey');
  });

  it.each([
    [
      'an imbalance',
      [
        ['stripe_balance', 5],
        ['sales', -4],
      ],
      'ledger_transactions_balance',
    ],
    ['a single entry', [['stripe_balance', 5]], 'ledger_transactions_balance'],
    ['no entry', [], 'ledger_transactions_balance'],
    [
      'an entry of nothing',
      [
        ['stripe_balance', 0],
        ['sales', 0],
      ],
      'ledger_entries_amount_minor_check',
    ],
    [
      'an unknown account',
      [
        ['stripe_balance', 5],
        ['mine', -5],
      ],
      'ledger_entries_account_fkey',
    ],
    [
      'an account twice',
      [
        ['sales', 5],
        ['sales', -5],
      ],
      'ledger_entries_pkey',
    ],
    [
      'an overflow that wraps',
      [
        ['stripe_balance', 9e18],
        ['sales', 9e18],
      ],
      'ledger_transactions_balance',
    ],
    [
      'two currencies',
      [
        ['stripe_balance', 5],
        ['sales', -5, 'EUR'],
      ],
      'ledger_entries_transaction_key_currency_fkey',
    ],
  ] as const)('refuses %s', async (_, entries, constraint) => {
    expect(await book(entries as unknown as readonly Entry[])).toBe(constraint);
  });

  it('refuses an entry added to a transaction that balanced', async () => {
    await book([
      ['stripe_balance', 5],
      ['sales', -5],
    ]);
    const added = await refusalOf((tx) =>
      tx.query(
        `insert into private.ledger_entries values ('stripe:capture:ch_' || $1 || ':succeeded', 'provider_fees', 'USD', 1)`,
        [id],
      ),
    );
    expect(added).toBe('ledger_transactions_balance');
  });

  it.each([
    [
      'another currency than the payment’s',
      { currency: 'EUR' },
      'ledger_transactions_payment_id_currency_fkey',
    ],
    ['an unknown kind', { kind: 'gift' }, 'ledger_transactions_kind_check'],
  ])('refuses a transaction of %s', async (_, more, constraint) => {
    expect(
      await book(
        [
          ['stripe_balance', 5],
          ['sales', -5],
        ],
        more,
      ),
    ).toBe(constraint);
  });
});

describe('prices', () => {
  it.each([
    ['both fixed and bounded', { amount_minor: 1, min_amount_minor: 1, max_amount_minor: 2 }],
    ['neither', {}],
    ['half bounded', { min_amount_minor: 1 }],
    ['bounded the wrong way round', { min_amount_minor: 5, max_amount_minor: 4 }],
  ])('are not %s', async (_, amounts) => {
    const row = { id: `p-${randomUUID().slice(0, 8)}`, name: 'P', currency: 'USD', active: true, ...amounts };
    const refusal = await refusalOf(
      (tx) =>
        tx.query(
          `insert into public.prices (id, name, currency, active, amount_minor, min_amount_minor, max_amount_minor)
           select id, name, currency, active, amount_minor, min_amount_minor, max_amount_minor
           from json_populate_record(null::public.prices, $1::json)`,
          [JSON.stringify(row)],
        ),
      databases.as('postgres', 1),
    );
    expect(refusal).toBe('prices_fixed_or_bounded');
  });
});
