import { factBookings, type LedgerKind, payoutBookings, refundReversal } from './booking-rules';
import { factKey } from './fact-kinds';
import type { Provider } from './provider-scale';

/**
 * One movement of money on a provider's statement, in our words: what it should have made us book. A line of the statement
 * that carries a fee is two movements.
 */
export interface Movement {
  readonly provider: Provider;
  /** The booking it should have made; its key, with `objectId`, is the booking's key. */
  readonly books: LedgerKind;
  /** The id of the fact or payout behind the booking. */
  readonly objectId: string;
  /**
   * Where the statement alone cannot tell which of two bookings it is: the key of the other one. PayPal lists what it took back
   * alike, whether its order shows it as a refund (then it is one here) or not (then it is a withdrawal from the capture).
   */
  readonly orKey: string | null;
  /** The provider's id of the line. */
  readonly lineId: string;
  /** What was moved, above 0, ISO 4217 minor units of `currency`. */
  readonly amountMinor: bigint;
  readonly currency: string;
  /** The currency of the provider's balance, which may be another. */
  readonly settledCurrency: string;
  /** Listed, but not final: it need not have been booked yet. */
  readonly isPending: boolean;
  /** The intent or order it belongs to; null where the statement does not say. */
  readonly providerRef: string | null;
  /** Our payment's id as the provider carries it; null where it carries none. */
  readonly paymentId: string | null;
  /** The capture it belongs to; null for captures, for payouts, and where the statement does not say. */
  readonly parentId: string | null;
  /** ISO 8601. */
  readonly at: string;
}

/** Movements of payouts; all others belong to a payment. */
export const isOfPayout = (books: LedgerKind): boolean =>
  books === payoutBookings.made.books || books === payoutBookings.returned.books;

/** The key of the ledger transaction that books this, as `ledgerOf` and `ledgerOfPayouts` make it. */
export const bookingKey = (provider: Provider, books: LedgerKind, objectId: string): string => {
  if (books === refundReversal.books) return `${provider}:refund:${objectId}:reversed`;
  if (books === payoutBookings.made.books) return `${provider}:payout:${objectId}:made`;
  if (books === payoutBookings.returned.books) return `${provider}:payout:${objectId}:returned`;
  const rule = factBookings.find((one) => one.books === books);
  if (rule === undefined) throw new RangeError(`nothing books a ${books}`);
  return `${provider}:${factKey({ kind: rule.books, objectId, status: rule.status })}`;
};
