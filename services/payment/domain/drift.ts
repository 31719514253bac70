import type { LedgerKind } from './booking-rules';
import type { Movement } from './movement';

/** What we booked, as the ledger has it. */
export interface Booking {
  readonly key: string;
  readonly books: LedgerKind;
  readonly objectId: string;
  /** Above 0, ISO 4217 minor units of `currency`. */
  readonly amountMinor: bigint;
  readonly currency: string;
}

/** One movement as both sides have it; at least one of them does. */
export interface Entry {
  /** The booking's key; of a movement that nobody booked, the key it would have. */
  readonly key: string;
  readonly theirs: Movement | null;
  readonly ours: Booking | null;
  /** The statuses of the fact behind it that we know, booked or not. */
  readonly factStatuses: readonly string[];
}

export type DifferenceKind = 'missing_here' | 'missing_there' | 'differs';

/** What of an entry differs. */
export type DriftField = 'amount' | 'currency' | 'fee' | 'status' | 'movement';

export interface Difference {
  readonly key: string;
  readonly difference: DifferenceKind;
  readonly field: DriftField;
  readonly books: LedgerKind;
  readonly objectId: string;
  /** As text: amounts in minor units with their currency, statuses as they are called; null where that side has nothing. */
  readonly ours: string | null;
  readonly theirs: string | null;
}

/**
 * Compares an entry: null when both sides agree, or when there is nothing to agree on yet. What the provider calls pending need
 * not be booked; a refund that came to nothing is two movements at the provider and none here.
 */
export const compareEntry = (entry: Entry): Difference | null => {
  const { theirs, ours } = entry;
  if (theirs === null) return ours === null ? null : missingThere(ours);
  if (ours === null) return theirs.isPending || cameToNothing(entry) ? null : missingHere(entry, theirs);
  const found = { key: ours.key, difference: 'differs', books: ours.books, objectId: ours.objectId } as const;
  const values = { ours: worth(ours), theirs: worth(theirs) };
  if (ours.currency !== theirs.currency) return { ...found, field: 'currency', ...values };
  if (ours.amountMinor === theirs.amountMinor) return null;
  return { ...found, field: isFee(ours.books) ? 'fee' : 'amount', ...values };
};

/**
 * Whether a movement that is not booked is accounted for all the same, as its other half is: a refund that never succeeded
 * here, and the return of its money.
 */
export const cameToNothing = ({ theirs, factStatuses }: Pick<Entry, 'theirs' | 'factStatuses'>): boolean =>
  (theirs?.books === 'refund' || theirs?.books === 'refund_reversal') &&
  !factStatuses.includes('succeeded') &&
  (factStatuses.includes('failed') || factStatuses.includes('canceled'));

const isFee = (books: LedgerKind): boolean => books === 'fee' || books === 'fee_return';

const missingThere = (ours: Booking): Difference => ({
  key: ours.key,
  difference: 'missing_there',
  field: isFee(ours.books) ? 'fee' : 'movement',
  books: ours.books,
  objectId: ours.objectId,
  ours: worth(ours),
  theirs: null,
});

/** A fee is part of something else; of what we know in another status, the status differs; anything else is missing. */
const missingHere = ({ key, factStatuses }: Entry, theirs: Movement): Difference => {
  const found = { key, books: theirs.books, objectId: theirs.objectId };
  if (isFee(theirs.books))
    return { ...found, difference: 'differs', field: 'fee', ours: null, theirs: worth(theirs) };
  const known = factStatuses.filter((status) => status !== 'succeeded');
  if (known.length > 0) {
    const [ours, status] = [known.join(', '), 'succeeded'];
    return { ...found, difference: 'differs', field: 'status', ours, theirs: status };
  }
  return { ...found, difference: 'missing_here', field: 'movement', ours: null, theirs: worth(theirs) };
};

const worth = ({ amountMinor, currency }: Pick<Booking, 'amountMinor' | 'currency'>): string =>
  `${amountMinor} ${currency}`;
