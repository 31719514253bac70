import * as z from 'zod/mini';
import { isUuid } from '#shared/kernel/ids';
import type { Movement } from '../domain/movement';
import { idOf, minorOfStripe } from './stripe-facts';
import { currency, id, metadata, reference } from './stripe-objects';

/** What a balance transaction is about, where it was expanded; of each kind what movements need. */
const source = z.object({
  id,
  object: z.string(),
  currency: z.optional(currency),
  /** Of a refund, a payout or a dispute; of a charge it is what was asked for, and this what was taken. */
  amount: z.optional(z.int()),
  amount_captured: z.optional(z.int()),
  status: z.optional(z.nullable(z.string())),
  charge: z.optional(z.nullable(reference)),
  payment_intent: z.optional(z.nullable(reference)),
  metadata,
});

/** A line of Stripe's statement (docs.stripe.com/api/balance_transactions/object). */
export const stripeBalanceTransaction = z.object({
  id,
  amount: z.int(),
  fee: z.int(),
  currency,
  created: z.int(),
  reporting_category: z.string(),
  source: z.nullable(z.union([id, source])),
});

type Line = z.infer<typeof stripeBalanceTransaction>;
type Source = z.infer<typeof source>;

/**
 * What a line should have made us book, by its reporting category (docs.stripe.com/reports/reporting-categories) and its sign.
 * Disputes and what belongs to them are booked under the line's own id, all else under the id of what it is about. A bank debit that
 * failed was put on the balance while it was pending and taken off again (`charge_failure`): two lines that come to nothing, so
 * that neither should have made us book anything. Had we booked its capture, that is on no line then.
 */
const booksOf = (
  { reporting_category: category, amount }: Line,
  { status }: Source,
): Movement['books'] | null => {
  if (category === 'charge') return amount > 0 && status !== 'failed' ? 'capture' : null;
  if (category === 'refund') return 'refund';
  if (category === 'refund_failure') return 'refund_reversal';
  if (category === 'dispute' || category === 'dispute_reversal')
    return amount < 0 ? 'withdrawal' : 'reinstatement';
  // One that fills up a balance below 0 from our bank is none that we keep.
  if (category === 'payout') return amount < 0 ? 'payout' : null;
  return category === 'payout_reversal' ? 'payout_return' : null;
};

/** Not final: a refund that the bank has yet to accept, a payout that has not arrived. */
const PENDING: ReadonlySet<string> = new Set(['pending', 'requires_action', 'in_transit']);

/** The movements of a line: what was moved, and the fee. None where it is about nothing that we book: Stripe's own fees, transfers. */
export const movementsOfLine = (line: Line): readonly Movement[] => {
  const about = typeof line.source === 'string' ? { id: line.source, object: '' } : line.source;
  const books = about === null ? null : booksOf(line, about);
  if (books === null || about === null) return [];
  const isOfDispute = books === 'withdrawal' || books === 'reinstatement';
  const movement: Movement = {
    ...moneyOf(line, about),
    provider: 'stripe',
    books,
    objectId: isOfDispute ? line.id : about.id,
    orKey: null,
    lineId: line.id,
    settledCurrency: line.currency.toUpperCase(),
    isPending: !isOfDispute && PENDING.has(about.status ?? ''),
    providerRef: idOf(about.payment_intent),
    paymentId: paymentIdOf(about),
    parentId: idOf(about.charge),
    at: new Date(line.created * 1000).toISOString(),
  };
  const moved = movement.amountMinor > 0n ? [movement] : [];
  return [...moved, ...feeOf(line, movement, about)];
};

/**
 * Where the balance is kept in another currency, the line is in that one, and what it is about in the payment's. Stripe's
 * lines have a sign, our bookings a side.
 */
const moneyOf = (line: Line, about: Source): Pick<Movement, 'amountMinor' | 'currency'> => {
  const worth = about.amount_captured ?? about.amount;
  const isOwn = about.currency === undefined || about.currency === line.currency || worth === undefined;
  const [amount, code] = isOwn ? [line.amount, line.currency] : [worth, about.currency ?? line.currency];
  return { amountMinor: minorOfStripe(Math.abs(amount), code), currency: code.toUpperCase() };
};

/** As facts have it: only in the payment's own currency, and under the line's id. */
const feeOf = (line: Line, movement: Movement, about: Source): readonly Movement[] => {
  const isOwn = about.currency === undefined || about.currency === line.currency;
  if (line.fee === 0 || !isOwn) return [];
  return [
    {
      ...movement,
      books: line.fee > 0 ? 'fee' : 'fee_return',
      objectId: line.id,
      amountMinor: minorOfStripe(Math.abs(line.fee), line.currency),
      parentId: movement.books === 'capture' ? movement.objectId : movement.parentId,
    },
  ];
};

const paymentIdOf = ({ metadata: given }: Source): string | null => {
  const paymentId = given?.payment_id ?? '';
  return isUuid(paymentId) ? paymentId : null;
};
