import type { LedgerEntry } from '../../local/doubles/control';
import type { OwnerDatabase } from './owner-database';

/** A movement of money as the provider's own ledger has it, with the provider's name. */
export interface Movement extends LedgerEntry {
  readonly provider: 'stripe' | 'paypal';
}

export interface Verdict {
  readonly payments: number;
  readonly facts: number;
  /** At the provider, not in our books. */
  readonly lost: readonly string[];
  /** In our books and not at the provider, or made twice at the provider. */
  readonly doubled: readonly string[];
  /** Sums that do not add up. */
  readonly imbalanced: readonly string[];
}

interface Booking {
  readonly key: string;
  readonly payment_id: string;
  readonly provider: string;
  readonly kind: string;
  readonly amount: string;
  readonly balance: string;
}

interface PaymentTotals {
  readonly id: string;
  readonly captured: string;
  readonly refunded: string;
  readonly fee: string;
  readonly booked_captured: string;
  readonly booked_refunded: string;
  readonly booked_fee: string;
}

/**
 * Compares our books with the providers' ledgers, movement by movement and total by total. Currencies of the rig have the
 * same minor unit here and there.
 *
 * @param refundsAsked how many refunds an admin asked for, by payment: keys, not tries
 */
export const compareBooks = async (
  db: OwnerDatabase,
  movements: readonly Movement[],
  refundsAsked: ReadonlyMap<string, number>,
): Promise<Verdict> => {
  const bookings = await db.query<Booking>(
    `select t.key, t.payment_id, p.provider, t.kind, max(e.amount_minor)::text as amount,
            sum(e.amount_minor)::text as balance
     from private.ledger_transactions t
     join public.payments p on p.id = t.payment_id
     left join private.ledger_entries e on e.transaction_key = t.key
     group by t.key, p.id`,
  );
  const totals = await db.query<PaymentTotals>(
    `select p.id, p.captured_minor::text as captured, p.refunded_minor::text as refunded, p.fee_minor::text as fee,
            coalesce(sum(e.amount_minor) filter (where t.kind = 'capture'), 0)::text as booked_captured,
            coalesce(sum(case t.kind when 'refund' then e.amount_minor when 'refund_reversal' then -e.amount_minor end), 0)::text
              as booked_refunded,
            coalesce(sum(e.amount_minor) filter (where t.kind = 'fee'), 0)::text as booked_fee
     from public.payments p
     left join private.ledger_transactions t on t.payment_id = p.id
     left join private.ledger_entries e on e.transaction_key = t.key and e.amount_minor > 0
     group by p.id`,
  );
  const [facts] = await db.query<{ n: string }>('select count(*)::text as n from private.payment_facts');
  const expected = expectedBookings(movements);
  const booked = new Map(bookings.map((booking) => [booking.key, booking]));
  return {
    payments: totals.length,
    facts: Number(facts?.n ?? 0),
    lost: findLost(expected, booked, totals, movements),
    doubled: [...findUnexplained(expected, bookings), ...findMadeTwice(movements, refundsAsked)],
    imbalanced: [...findUneven(bookings), ...findWrongTotals(totals, movements)],
  };
};

interface Expected {
  readonly paymentId: string;
  readonly amount: number;
  /** A refund that its bank returned nets to nothing: both bookings, or neither. */
  readonly isReturned: boolean;
}

/** By the key that our books must have it under. */
const expectedBookings = (movements: readonly Movement[]): ReadonlyMap<string, Expected> => {
  const returned = new Set(movements.filter(({ kind }) => kind === 'refund_failure').map(refundOf));
  return new Map(
    movements.flatMap((movement): [string, Expected][] => {
      const { provider, id, kind, amount, paymentId } = movement;
      const of = { paymentId: paymentId ?? 'none', amount: Math.abs(amount) };
      if (kind === 'charge') return [[`${provider}:capture:${id}:succeeded`, { ...of, isReturned: false }]];
      const refund = refundOf(movement);
      const isReturned = returned.has(refund);
      if (kind === 'refund') return [[`${provider}:refund:${refund}:succeeded`, { ...of, isReturned }]];
      if (kind === 'refund_failure')
        return [[`${provider}:refund:${refund}:reversed`, { ...of, isReturned }]];
      return [];
    }),
  );
};

const refundOf = ({ id, objects }: Movement): string => objects.refund ?? id;

const findLost = (
  expected: ReadonlyMap<string, Expected>,
  booked: ReadonlyMap<string, Booking>,
  totals: readonly PaymentTotals[],
  movements: readonly Movement[],
): string[] => {
  const lost: string[] = [];
  for (const [key, { paymentId, amount, isReturned }] of expected) {
    const booking = booked.get(key);
    const pair = key.endsWith(':reversed')
      ? key.replace(/reversed$/, 'succeeded')
      : key.replace(/succeeded$/, 'reversed');
    if (booking === undefined && isReturned && !booked.has(pair)) continue;
    if (booking === undefined) lost.push(`${key} of payment ${paymentId}: ${amount}, not booked`);
    else if (Number(booking.amount) !== amount || booking.payment_id !== paymentId) {
      lost.push(
        `${key}: ${amount} of payment ${paymentId}, booked as ${booking.amount} of ${booking.payment_id}`,
      );
    }
  }
  const fees = sumBy(movements, ({ fee }) => fee);
  const bookedFees = new Map(totals.map(({ id, booked_fee }) => [id, Number(booked_fee)]));
  for (const [id, fee] of fees) {
    if ((bookedFees.get(id) ?? 0) < fee)
      lost.push(`fee of payment ${id}: ${fee}, booked ${bookedFees.get(id) ?? 0}`);
  }
  return lost;
};

const findUnexplained = (expected: ReadonlyMap<string, Expected>, bookings: readonly Booking[]): string[] =>
  bookings
    .filter(({ key, kind }) => kind !== 'fee' && !expected.has(key))
    .map(
      ({ key, payment_id, amount }) => `${key} of payment ${payment_id}: ${amount}, unknown to the provider`,
    );

const findMadeTwice = (
  movements: readonly Movement[],
  refundsAsked: ReadonlyMap<string, number>,
): string[] => {
  const charges = countBy(movements, 'charge');
  const refunds = countBy(movements, 'refund');
  return [
    ...[...charges]
      .filter(([, times]) => times > 1)
      .map(([id, times]) => `payment ${id}: charged ${times} times`),
    ...[...refunds]
      .filter(([id, times]) => times > (refundsAsked.get(id) ?? 0))
      .map(([id, times]) => `payment ${id}: ${times} refunds, asked for ${refundsAsked.get(id) ?? 0}`),
  ];
};

const findUneven = (bookings: readonly Booking[]): string[] =>
  bookings
    .filter(({ balance }) => Number(balance) !== 0)
    .map(({ key, balance }) => `${key}: sums to ${balance}`);

const findWrongTotals = (totals: readonly PaymentTotals[], movements: readonly Movement[]): string[] => {
  const captured = sumBy(movements, ({ kind, amount }) => (kind === 'charge' ? amount : 0));
  const refunded = sumBy(movements, ({ kind, amount }) => (kind.startsWith('refund') ? -amount : 0));
  const fees = sumBy(movements, ({ fee }) => fee);
  return totals.flatMap((row) => {
    const truth = [captured, refunded, fees].map((sums) => sums.get(row.id) ?? 0).join('/');
    const columns = [row.captured, row.refunded, row.fee].join('/');
    const books = [row.booked_captured, row.booked_refunded, row.booked_fee].join('/');
    if (columns === truth && books === truth) return [];
    return [
      `payment ${row.id}: captured/refunded/fee ${truth} at the provider, ${columns} in its row, ${books} in the books`,
    ];
  });
};

const sumBy = (
  movements: readonly Movement[],
  amountOf: (movement: Movement) => number,
): Map<string, number> => {
  const sums = new Map<string, number>();
  for (const movement of movements) {
    const id = movement.paymentId ?? 'none';
    sums.set(id, (sums.get(id) ?? 0) + amountOf(movement));
  }
  return sums;
};

const countBy = (movements: readonly Movement[], kind: Movement['kind']): Map<string, number> =>
  sumBy(movements, (movement) => (movement.kind === kind ? 1 : 0));
