import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import type { Database } from '#shared/database/pool';
import type { Fact } from '../../services/payment/domain/fact-kinds';
import { alphabet, orderedSets } from '../support/facts';
import {
  joinRows,
  type MoneyRows,
  refusalOf,
  rowsOfPayment,
  stateRow,
  writeRows,
} from '../support/money-statement';
import { insertPayment, insertUser } from '../support/payment-rows';
import { openPaymentDatabase, type PaymentDatabase } from '../support/payment-service';

let databases: PaymentDatabase;
let userId: string;

beforeAll(async () => {
  databases = await openPaymentDatabase();
  userId = await insertUser(databases.admin);
});
afterAll(() => databases.close());

/** New payments of 1999 USD. */
const openPayments = async (count: number): Promise<readonly string[]> => {
  const ids = Array.from({ length: count }, () => randomUUID());
  await databases.admin.query(
    `insert into public.payments (id, user_id, provider, price_id, currency, amount_minor)
     select id, $2, 'stripe', 'pro', 'USD', 1999 from unnest($1::uuid[]) id`,
    [ids, userId],
  );
  return ids;
};

/** The same facts under ids of that payment alone. */
const ofPayment = (id: string, facts: readonly Fact[]): readonly Fact[] =>
  facts.map((fact) => ({
    ...fact,
    objectId: `${fact.objectId}_${id}`,
    parentId: fact.parentId === null ? null : `${fact.parentId}_${id}`,
  }));

const oneOf = (status: string, kind: Fact['kind'], objectId?: string): Fact => {
  const found = alphabet.find(
    (fact) => fact.kind === kind && fact.status === status && (objectId ?? fact.objectId) === fact.objectId,
  );
  if (found === undefined) throw new Error(`no ${kind} ${status}`);
  return found;
};

const captured = oneOf('succeeded', 'capture');
const refunded = oneOf('succeeded', 'refund');
const charged = oneOf('charged', 'fee');
const disputed = oneOf('needs_response', 'dispute');
const withdrawn = oneOf('withdrawn', 'withdrawal');

describe('two implementations of one model', () => {
  /** Those of many sets of facts that the database does not accept as the domain derives them. */
  const refusedOf = async (sets: readonly (readonly Fact[])[]): Promise<readonly string[]> => {
    const ids = await openPayments(sets.length);
    const rows = sets.map((facts, index) =>
      rowsOfPayment(ids[index] ?? '', ofPayment(ids[index] ?? '', facts)),
    );
    const service = databases.as('tandem_reconcile', 1);
    if ((await refusalOf(writeRows(service, joinRows(rows)))) === null) return [];
    const refused: string[] = [];
    for (const [index, row] of rows.entries()) {
      const refusal = await refusalOf(writeRows(service, row));
      const names = sets[index]?.map(({ kind, objectId, status }) => `${kind} ${objectId} ${status}`);
      if (refusal !== null) refused.push(`${refusal}: ${names}`);
    }
    return refused;
  };

  it('agree on every set of up to 3 facts', async () => {
    const sets: (readonly Fact[])[] = [];
    for (const [i, a] of alphabet.entries()) {
      sets.push([a]);
      for (const [j, b] of alphabet.slice(i + 1).entries()) {
        sets.push([a, b]);
        for (const c of alphabet.slice(i + j + 2)) sets.push([a, b, c]);
      }
    }
    expect(sets).toHaveLength(alphabet.length + pairs(alphabet.length) + triples(alphabet.length));
    for (let at = 0; at < sets.length; at += 1_000)
      expect(await refusedOf(sets.slice(at, at + 1_000))).toEqual([]);
  });

  it('agree on large sets around a capture', async () => {
    const sets = fc
      .sample(orderedSets(20), { numRuns: 1_500, seed: 1 })
      .map((facts) => [...facts.filter((fact) => fact !== captured), captured]);
    expect(await refusedOf(sets)).toEqual([]);
  });
});

const pairs = (n: number): number => (n * (n - 1)) / 2;
const triples = (n: number): number => (n * (n - 1) * (n - 2)) / 6;

describe.each(['tandem_payment', 'tandem_reconcile', 'postgres'])('as %s', (role) => {
  let id: string;
  let db: Database;
  const write = (rows: MoneyRows) => refusalOf(writeRows(db, rows));

  beforeAll(() => {
    db = databases.as(role, 1);
  });

  beforeEach(async () => {
    id = (await insertPayment(databases.admin)).id;
  });

  it.each([
    ['another status', { status: 'refunded' }],
    ['an open status', { status: 'processing' }],
    ['less captured', { captured_minor: 1998 }],
    ['nothing captured', { captured_minor: 0 }],
    ['a refund that nobody reported', { refunded_minor: 1 }],
    ['a reversal that nobody reported', { reversed_minor: 1 }],
    ['a reversal below nothing', { reversed_minor: -1 }],
    ['a fee that nobody reported', { fee_minor: 1 }],
    ['a dispute that nobody reported', { dispute_status: 'lost' }],
  ])('a state is refused that does not follow from the facts: %s', async (_, wrong) => {
    const rows = rowsOfPayment(id, ofPayment(id, [captured]));
    const state = { ...rows.payments[0], ...wrong };
    expect(await write({ ...rows, payments: [state] })).toBe('payments_follow_facts');
    expect(await write(rows)).toBeNull();
    // Nor afterwards, with the facts in place.
    expect(await write({ ...rows, facts: [], transactions: [], entries: [], payments: [state] })).toBe(
      'payments_follow_facts',
    );
  });

  it.each([
    ['a capture', [captured]],
    ['a pending capture', [oneOf('pending', 'capture')]],
    ['a failed capture', [oneOf('failed', 'capture')]],
    ['a hold', [oneOf('authorized', 'authorization')]],
    ['a cancellation', [oneOf('canceled', 'cancellation')]],
    ['a lapse', [oneOf('expired', 'expiry')]],
    ['a dispute', [disputed]],
  ] as const)('a fact is refused without its state: %s', async (_, facts) => {
    const rows = rowsOfPayment(id, ofPayment(id, facts));
    expect(await write({ ...rows, payments: [] })).toBe('payments_follow_facts');
    expect(await write({ ...rows, payments: [stateRow(id, [])] })).toBe('payments_follow_facts');
    expect(await write(rows)).toBeNull();
  });

  it.each([
    ['a refund', refunded],
    ['a fee', charged],
    ['a fee given back', oneOf('returned', 'fee_return')],
    ['a withdrawal', withdrawn],
    ['a reinstatement', oneOf('reinstated', 'reinstatement')],
    ['a dispute', disputed],
  ])(
    '%s of a known capture is refused without its state, and alone it counts for nothing',
    async (_, fact) => {
      const [capture, part] = ofPayment(id, [captured, fact]);
      if (capture === undefined || part === undefined) throw new Error('two facts');
      const whole = rowsOfPayment(id, [capture, part]);
      expect(await write({ ...whole, payments: [stateRow(id, [capture])] })).toBe('payments_follow_facts');
      const early = rowsOfPayment(id, [part]);
      expect(await write(early)).toBeNull();
      expect(early.transactions).toEqual([]);
      const late = rowsOfPayment(id, [capture, part]);
      expect(await write({ ...late, facts: late.facts.slice(0, 1) })).toBeNull();
    },
  );

  it('a status is refused that contradicts the open status seen', async () => {
    const see = (...statuses: readonly [status: string, observed: string]) =>
      refusalOf(
        db.query('update public.payments set status = $2, observed_status = $3 where id = $1', [
          id,
          ...statuses,
        ]),
      );
    expect(await see('requires_action', 'processing')).toBe('payments_follow_facts');
    expect(await see('processing', 'processing')).toBeNull();
  });

  it('a fact is refused that comes from another provider than its payment', async () => {
    const rows = rowsOfPayment(id, ofPayment(id, [captured]), 'paypal');
    expect(await write(rows)).toBe('payment_facts_provider');
  });

  it('one wrong payment among sound ones is refused with all of them', async () => {
    const other = (await insertPayment(databases.admin)).id;
    const [right, wrong] = [id, other].map((one) => rowsOfPayment(one, ofPayment(one, [captured])));
    if (right === undefined || wrong === undefined) throw new Error('two payments');
    const forged = { ...wrong, payments: [{ ...wrong.payments[0], refunded_minor: 5 }] };
    expect(await write(joinRows([right, forged]))).toBe('payments_follow_facts');
    const { rows } = await databases.admin.query('select from private.payment_facts where payment_id = $1', [
      id,
    ]);
    expect(rows).toEqual([]);
  });
});

it('a payment is refused that begins with what no fact says, even of its owner', async () => {
  const insert = (columns: string, values: string) =>
    refusalOf(
      databases.as('postgres', 1).query(
        `insert into public.payments (id, user_id, provider, price_id, currency, amount_minor, ${columns})
         values ($1, $2, 'stripe', 'pro', 'USD', 1999, ${values})`,
        [randomUUID(), userId],
      ),
    );
  expect(await insert('status, captured_minor', `'succeeded', 1999`)).toBe('payments_follow_facts');
  expect(await insert('dispute_status', `'lost'`)).toBe('payments_follow_facts');
  expect(await insert('status', `'created'`)).toBeNull();
});
