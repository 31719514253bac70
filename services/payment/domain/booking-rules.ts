import type { FactKind } from './fact-kinds';
import type { Provider } from './provider-scale';

/** The accounts of the ledger and what each holds. */
export const ledgerAccounts = {
  stripe_balance: 'What Stripe holds for us',
  paypal_balance: 'What PayPal holds for us',
  sales: 'What was sold, less what was refunded',
  provider_fees: 'What the providers kept',
  disputes: 'What was withdrawn for disputes and reversals, less what was reinstated',
  bank: 'What the providers paid out to our bank',
} as const;

export type LedgerAccount = keyof typeof ledgerAccounts;

/** An account in a rule; `balance` is the one of the provider that reported the fact. */
export type RuleAccount = 'balance' | Exclude<LedgerAccount, `${Provider}_balance`>;

interface Sides {
  /** The account that gets the amount. */
  readonly debit: RuleAccount;
  /** The account that gives it. */
  readonly credit: RuleAccount;
}

/**
 * What a fact books that has come so far, once the capture it belongs to is known. Of facts with an amount of 0 nothing is
 * booked.
 */
export const factBookings = [
  { books: 'capture', status: 'succeeded', debit: 'balance', credit: 'sales' },
  { books: 'refund', status: 'succeeded', debit: 'sales', credit: 'balance' },
  { books: 'fee', status: 'charged', debit: 'provider_fees', credit: 'balance' },
  { books: 'fee_return', status: 'returned', debit: 'balance', credit: 'provider_fees' },
  { books: 'withdrawal', status: 'withdrawn', debit: 'disputes', credit: 'balance' },
  { books: 'reinstatement', status: 'reinstated', debit: 'balance', credit: 'disputes' },
] as const satisfies readonly (Sides & { readonly books: FactKind; readonly status: string })[];

/** A refund that succeeded and then failed or was canceled: it is undone once, whichever of both was reported. */
export const refundReversal = {
  books: 'refund_reversal',
  after: ['failed', 'canceled'],
  debit: 'balance',
  credit: 'sales',
} as const satisfies Sides & { readonly books: string; readonly after: readonly string[] };

/**
 * A payout is booked once it was seen on its way, and undone once it also failed or was canceled. One that was only ever seen
 * failed or canceled moved nothing; whichever report comes first, the same bookings follow in the end.
 */
export const payoutBookings = {
  made: {
    books: 'payout',
    seen: ['pending', 'in_transit', 'paid'],
    debit: 'bank',
    credit: 'balance',
  },
  returned: { books: 'payout_return', seen: ['canceled', 'failed'], debit: 'balance', credit: 'bank' },
} as const satisfies Record<string, Sides & { readonly books: string; readonly seen: readonly string[] }>;

export type LedgerKind =
  | (typeof factBookings)[number]['books']
  | typeof refundReversal.books
  | (typeof payoutBookings)[keyof typeof payoutBookings]['books'];
