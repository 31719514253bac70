import { type Expected, expectedBookings, type Movement, maybeTakenByPayPal } from './expected-bookings';
import type { OwnerDatabase } from './owner-database';

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
  readonly payment_id: string | null;
  readonly kind: string;
  readonly amount: string;
  readonly balance: string;
}

interface PaymentTotals {
  readonly id: string;
  readonly captured: string;
  readonly provider: Movement['provider'];
  readonly refunded: string;
  readonly reversed: string;
  readonly fee: string;
  readonly booked_captured: string;
  readonly booked_refunded: string;
  readonly booked_reversed: string;
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
    `select t.key, t.payment_id, t.kind, max(e.amount_minor)::text as amount, sum(e.amount_minor)::text as balance
     from private.ledger_transactions t
     left join private.ledger_entries e on e.transaction_key = t.key
     group by t.key`,
  );
  const totals = await db.query<PaymentTotals>(
    `select p.id, p.provider, p.captured_minor::text as captured, p.refunded_minor::text as refunded,
            p.reversed_minor::text as reversed, p.fee_minor::text as fee,
            coalesce(sum(e.amount_minor) filter (where t.kind = 'capture'), 0)::text as booked_captured,
            coalesce(sum(case t.kind when 'refund' then e.amount_minor when 'refund_reversal' then -e.amount_minor end), 0)::text
              as booked_refunded,
            coalesce(sum(case t.kind when 'withdrawal' then e.amount_minor when 'reinstatement' then -e.amount_minor end), 0)::text
              as booked_reversed,
            coalesce(sum(case t.kind when 'fee' then e.amount_minor when 'fee_return' then -e.amount_minor end), 0)::text
              as booked_fee
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
    doubled: [...findUnexplained(expected, bookings, movements), ...findMadeTwice(movements, refundsAsked)],
    imbalanced: [...findUneven(bookings), ...findWrongTotals(totals, movements)],
  };
};

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
    else if (Number(booking.amount) !== amount || booking.payment_id !== (paymentId ?? null)) {
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

const findUnexplained = (
  expected: ReadonlyMap<string, Expected>,
  bookings: readonly Booking[],
  movements: readonly Movement[],
): string[] => {
  const maybeTaken = maybeTakenByPayPal(movements);
  return bookings
    .filter(({ key, kind }) => !kind.startsWith('fee') && !expected.has(key) && !maybeTaken(key))
    .map(
      ({ key, payment_id, amount }) => `${key} of payment ${payment_id}: ${amount}, unknown to the provider`,
    );
};

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

/** What PayPal took back counts with its refunds: see maybeTakenByPayPal. */
const findWrongTotals = (totals: readonly PaymentTotals[], movements: readonly Movement[]): string[] => {
  const sumOf = (prefix: string, sign: 1 | -1) =>
    sumBy(movements, ({ kind, amount }) => (kind.startsWith(prefix) ? sign * amount : 0));
  const [captured, refunded, reversed] = [sumOf('charge', 1), sumOf('refund', -1), sumOf('dispute', -1)];
  const fees = sumBy(movements, ({ fee }) => fee);
  const tell = (
    provider: Movement['provider'],
    ...[taken = 0, given = 0, back = 0, fee = 0]: number[]
  ): string => (provider === 'paypal' ? [taken, given + back, fee] : [taken, given, back, fee]).join('/');
  return totals.flatMap((row) => {
    const { id, provider } = row;
    const truth = tell(provider, ...[captured, refunded, reversed, fees].map((sums) => sums.get(id) ?? 0));
    const columns = tell(provider, ...[row.captured, row.refunded, row.reversed, row.fee].map(Number));
    const booked = [row.booked_captured, row.booked_refunded, row.booked_reversed, row.booked_fee];
    const books = tell(provider, ...booked.map(Number));
    if (columns === truth && books === truth) return [];
    return [
      `payment ${id}: captured/back/fee ${truth} at ${provider}, ${columns} in its row, ${books} in the books`,
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
