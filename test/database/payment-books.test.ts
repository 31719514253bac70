import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '#shared/database/pool';
import type { Fact } from '../../services/payment/domain/fact-kinds';
import type { Payout, PayoutStatus } from '../../services/payment/domain/payout';
import {
  joinRows,
  type MoneyRows,
  refusalOf,
  rowsOfPayment,
  rowsOfPayouts,
  writeRows,
} from '../support/money-statement';
import { insertPayment } from '../support/payment-rows';
import { openPaymentDatabase, type PaymentDatabase } from '../support/payment-service';

let databases: PaymentDatabase;

beforeAll(async () => {
  databases = await openPaymentDatabase();
});
afterAll(() => databases.close());

const factsOf = (id: string): readonly Fact[] => {
  const capture: Fact = {
    kind: 'capture',
    objectId: `ch_${id}`,
    status: 'succeeded',
    amountMinor: 1999n,
    currency: 'USD',
    parentId: null,
  };
  const part = { ...capture, parentId: capture.objectId };
  return [
    capture,
    { ...part, kind: 'refund', objectId: `re_${id}`, amountMinor: 500n },
    { ...part, kind: 'refund', objectId: `re_${id}`, amountMinor: 500n, status: 'failed' },
    { ...part, kind: 'fee', objectId: `txn_${id}`, amountMinor: 88n, status: 'charged' },
    { ...part, kind: 'fee_return', objectId: `txn_2_${id}`, amountMinor: 8n, status: 'returned' },
    { ...part, kind: 'withdrawal', objectId: `txn_3_${id}`, status: 'withdrawn' },
    { ...part, kind: 'reinstatement', objectId: `txn_4_${id}`, status: 'reinstated' },
  ];
};

describe.each(['tandem_payment', 'tandem_reconcile', 'postgres'])('as %s', (role) => {
  let db: Database;
  let id: string;
  /** A payment with all that can be booked. */
  let sound: MoneyRows;
  const write = (rows: MoneyRows) => refusalOf(writeRows(db, rows));

  beforeAll(() => {
    db = databases.as(role, 1);
  });
  beforeEach(async () => {
    ({ id } = await insertPayment(databases.admin));
    sound = rowsOfPayment(id, factsOf(id));
  });

  it('sound books are accepted, once', async () => {
    expect(sound.transactions.map(({ kind }) => kind)).toEqual([
      'capture',
      'refund',
      'refund_reversal',
      'fee',
      'fee_return',
      'withdrawal',
      'reinstatement',
    ]);
    expect(await write(sound)).toBeNull();
    expect(await write({ ...sound, facts: [], payments: [], entries: [] })).toBe('ledger_transactions_pkey');
  });

  it.each([0, 1, 2, 3, 4, 5, 6])('a fact without its booking is refused: number %s', async (missing) => {
    const without = sound.transactions[missing];
    const transactions = sound.transactions.filter((row) => row !== without);
    const entries = sound.entries.filter((row) => row.transaction_key !== without?.key);
    expect(await write({ ...sound, transactions, entries })).toBe('payment_facts_are_booked');
  });

  it('a booking without its fact is refused, beside the fact that it would need and without any', async () => {
    const capture = rowsOfPayment(id, factsOf(id).slice(0, 1));
    const refund = rowsOfPayment(id, factsOf(id).slice(0, 2));
    const { transactions, entries } = refund;
    expect(await write({ ...capture, transactions, entries })).toBe('ledger_transactions_book_facts');
    const alone = { ...capture, facts: [], payments: [] };
    expect(await write(alone)).toBe('ledger_transactions_book_facts');
    expect(await write(capture)).toBeNull();
    const more = { transactions: transactions.slice(1), entries: entries.slice(2) };
    expect(await write({ ...refund, ...more, facts: [], payments: [] })).toBe(
      'ledger_transactions_book_facts',
    );
  });

  const wrongTransactions: readonly (readonly [string, Record<string, unknown>, string])[] = [
    ['another kind', { kind: 'refund' }, 'ledger_transactions_book_facts'],
    ['an unknown kind', { kind: 'gift' }, 'ledger_transactions_kind_check'],
    ['the kind of a payout', { kind: 'payout' }, 'ledger_transactions_payment'],
    ['no payment', { payment_id: null }, 'ledger_transactions_payment'],
    ['a payout', { payment_id: null, kind: 'payout' }, 'ledger_transactions_book_facts'],
    ['a key of its own', { key: 'stripe:capture:ch_0:succeeded' }, 'ledger_transactions_book_facts'],
  ];

  it.each(wrongTransactions)('a booking is refused as %s', async (_, wrong, constraint) => {
    const rows = rowsOfPayment(id, factsOf(id).slice(0, 1));
    const transactions = rows.transactions.map((row) => ({ ...row, ...wrong }) as typeof row);
    const entries = rows.entries.map((row) => ({ ...row, transaction_key: transactions[0]?.key ?? null }));
    expect([constraint, 'payment_facts_are_booked']).toContain(
      await write({ ...rows, transactions, entries }),
    );
    expect(await write({ ...rows, facts: [], payments: [], transactions, entries })).toBe(constraint);
  });

  it('a booking under another payment, or in another currency, is refused', async () => {
    const other = (await insertPayment(databases.admin)).id;
    const rows = rowsOfPayment(id, factsOf(id).slice(0, 1));
    const stray = rows.transactions.map((row) => ({ ...row, payment_id: other }));
    expect(await write({ ...rows, transactions: stray })).toBe('ledger_transactions_book_facts');
    const foreign = {
      transactions: rows.transactions.map((row) => ({ ...row, currency: 'EUR' })),
      entries: rows.entries.map((row) => ({ ...row, currency: 'EUR' })),
    };
    expect(await write({ ...rows, ...foreign })).toBe('ledger_transactions_payment_id_currency_fkey');
  });

  type Entry = readonly [account: string, minor: number, currency?: string];
  const wrongEntries: readonly (readonly [string, readonly Entry[], readonly string[]])[] = [
    [
      'an imbalance',
      [
        ['stripe_balance', 1999],
        ['sales', -1998],
      ],
      ['balance', 'book_facts'],
    ],
    ['a single entry', [['stripe_balance', 1999]], ['balance', 'book_facts']],
    ['no entry', [], ['book_facts']],
    [
      'too little on both sides',
      [
        ['stripe_balance', 1998],
        ['sales', -1998],
      ],
      ['book_facts'],
    ],
    [
      'the wrong way round',
      [
        ['stripe_balance', -1999],
        ['sales', 1999],
      ],
      ['book_facts'],
    ],
    [
      'another account',
      [
        ['bank', 1999],
        ['sales', -1999],
      ],
      ['book_facts'],
    ],
    [
      'the other provider',
      [
        ['paypal_balance', 1999],
        ['sales', -1999],
      ],
      ['book_facts'],
    ],
    [
      'two entries more',
      [
        ['stripe_balance', 1999],
        ['sales', -1999],
        ['bank', 5],
        ['disputes', -5],
      ],
      ['balance'],
    ],
    [
      'an overflow that wraps',
      [
        ['stripe_balance', 9e18],
        ['sales', 9e18],
      ],
      ['balance', 'book_facts'],
    ],
  ];

  it.each(wrongEntries)('a capture is refused that was booked with %s', async (_, entries, constraints) => {
    const rows = rowsOfPayment(id, factsOf(id).slice(0, 1));
    const key = rows.transactions[0]?.key ?? null;
    const forged = entries.map(([account, minor, currency = 'USD']) => ({
      transaction_key: key,
      account,
      currency,
      amount_minor: minor,
    }));
    expect(constraints.map((name) => `ledger_transactions_${name}`)).toContain(
      await write({ ...rows, entries: forged }),
    );
  });

  it.each([
    ['nothing', { amount_minor: 0 }, 'ledger_entries_amount_minor_check'],
    ['an unknown account', { account: 'mine' }, 'ledger_entries_have_accounts'],
    ['another currency', { currency: 'EUR' }, 'ledger_entries_transaction_key_currency_fkey'],
    ['an account twice', { account: 'sales' }, 'ledger_entries_pkey'],
  ])('an entry is refused of %s', async (_, wrong, constraint) => {
    const rows = rowsOfPayment(id, factsOf(id).slice(0, 1));
    const [first, ...rest] = rows.entries;
    expect(await write({ ...rows, entries: [{ ...first, ...wrong }, ...rest] })).toBe(constraint);
  });

  it('booking locks no account, which all payments have in common', async () => {
    expect(await write(rowsOfPayment(id, factsOf(id)))).toBeNull();
    const { rows } = await databases.admin.query<{ locked: string }>(
      'select distinct xmax::text as locked from private.ledger_accounts',
    );
    expect(rows).toEqual([{ locked: '0' }]);
  });

  it('nothing joins a transaction that was booked', async () => {
    expect(await write(sound)).toBeNull();
    const key = sound.transactions[0]?.key ?? null;
    const more = ['bank', 'disputes'].map((account, index) => ({
      transaction_key: key,
      account,
      currency: 'USD',
      amount_minor: index === 0 ? 5 : -5,
    }));
    const nothing = { ...sound, payments: [], facts: [], transactions: [] };
    expect(await write({ ...nothing, entries: more })).toBe('ledger_transactions_balance');
    expect(await write({ ...nothing, entries: more.slice(0, 1) })).toBe('ledger_transactions_balance');
  });

  describe('payouts', () => {
    const payout = (status: PayoutStatus, more: Partial<Payout> = {}): Payout => ({
      provider: 'stripe',
      objectId: `po_${id}`,
      status,
      amountMinor: 5_000n,
      currency: 'USD',
      ...more,
    });
    const addedTo = (known: readonly Payout[], added: Payout): MoneyRows => {
      const before = rowsOfPayouts(known);
      const after = rowsOfPayouts([...known, added]);
      const keys = new Set(before.transactions.map(({ key }) => key));
      return {
        ...after,
        payouts: after.payouts.slice(known.length),
        transactions: after.transactions.filter(({ key }) => !keys.has(key)),
        entries: after.entries.filter((row) => !keys.has(row.transaction_key ?? '')),
      };
    };

    it.each([
      [['pending', 'in_transit', 'paid', 'failed']],
      [['failed', 'canceled', 'paid', 'pending']],
      [['canceled', 'pending', 'failed']],
    ] as const)('are booked as reported: %j', async (statuses) => {
      const known: Payout[] = [];
      for (const status of statuses) {
        expect(await write(addedTo(known, payout(status)))).toBeNull();
        known.push(payout(status));
      }
      const { rows } = await databases.admin.query(
        `select kind, account, amount_minor::int from private.ledger_transactions
         join private.ledger_entries on transaction_key = key where key like $1 order by kind, account`,
        [`stripe:payout:po_${id}:%`],
      );
      expect(rows).toEqual([
        { kind: 'payout', account: 'bank', amount_minor: 5_000 },
        { kind: 'payout', account: 'stripe_balance', amount_minor: -5_000 },
        { kind: 'payout_return', account: 'bank', amount_minor: -5_000 },
        { kind: 'payout_return', account: 'stripe_balance', amount_minor: 5_000 },
      ]);
    });

    it('are refused without their bookings, and bookings without them', async () => {
      const paid = rowsOfPayouts([payout('paid')]);
      expect(await write({ ...paid, transactions: [], entries: [] })).toBe('payouts_are_booked');
      expect(await write({ ...paid, payouts: [] })).toBe('ledger_transactions_book_facts');
      expect(await write(paid)).toBeNull();
      const failed = addedTo([payout('paid')], payout('failed'));
      expect(await write({ ...failed, transactions: [], entries: [] })).toBe('payouts_are_booked');
      expect(await write({ ...failed, payouts: [] })).toBe('ledger_transactions_book_facts');
    });

    it('are refused when their reports differ in what they are worth', async () => {
      expect(await write(rowsOfPayouts([payout('paid')]))).toBeNull();
      for (const more of [{ amountMinor: 5_001n }, { currency: 'EUR' }]) {
        const rows = rowsOfPayouts([payout('in_transit', more)]);
        expect(await write({ ...rows, transactions: [], entries: [] })).toBe('payouts_agree');
      }
    });

    it.each([
      ['nothing', { amountMinor: 0n }, 'payouts_amount_minor_check'],
      ['an unknown currency', { currency: 'usd' }, 'payouts_currency_check'],
      ['an unknown status', { status: 'lost' as PayoutStatus }, 'payouts_status_check'],
      ['no id', { objectId: '' }, 'payouts_object_id_check'],
    ])('are refused of %s', async (_, more, constraint) => {
      const rows = rowsOfPayouts([payout('paid', more)]);
      expect(await write({ ...rows, transactions: [], entries: [] })).toBe(constraint);
    });

    it('may share a statement with payments', async () => {
      expect(await write(joinRows([sound, rowsOfPayouts([payout('paid')])]))).toBeNull();
    });
  });
});

it('sees the report of a payout that another transaction is writing', async () => {
  const service = databases.as('tandem_reconcile');
  const payout: Payout = {
    provider: 'stripe',
    objectId: 'po_race',
    status: 'paid',
    amountMinor: 1n,
    currency: 'USD',
  };
  const second = await service.withConnection(async (first) => {
    await first.query('begin');
    await writeRows(first, rowsOfPayouts([payout]));
    // Knows nothing of the first: that it failed books nothing by itself.
    const refusal = refusalOf(writeRows(service, rowsOfPayouts([{ ...payout, status: 'failed' }])));
    await sleep(100);
    await first.query('commit');
    return refusal;
  });
  expect(second).toBe('payouts_are_booked');
});

it('booking reads the facts of its own payments, also before the database knows its sizes', async () => {
  const { admin } = databases;
  const { rows: payments } = await admin.query<{ id: string }>(
    `insert into public.payments (id, provider, provider_ref, price_id, currency, amount_minor)
     select gen_random_uuid(), 'stripe', 'pi_many_' || n, 'pro', 'USD', 1999 from generate_series(1, 301) n returning id`,
  );
  const [one, ...others] = payments.map(({ id }) => rowsOfPayment(id, factsOf(id)));
  await writeRows(admin, joinRows(others));
  const read = await databases.admin.withConnection(async (connection) => {
    const factsRead = async (): Promise<number> => {
      const { rows } = await connection.query<{ facts: number }>(
        `select (seq_tup_read + idx_tup_fetch)::int as facts
         from pg_stat_xact_user_tables where relid = 'private.payment_facts'::regclass`,
      );
      return rows[0]?.facts ?? 0;
    };
    await connection.query('begin');
    const before = await factsRead();
    await writeRows(connection, joinRows(one === undefined ? [] : [one]));
    const after = await factsRead();
    await connection.query('commit');
    return after - before;
  });
  expect(read).toBeGreaterThan(0);
  expect(read).toBeLessThan(300);
});
