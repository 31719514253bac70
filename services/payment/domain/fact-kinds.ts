/**
 * The kinds of facts and how far each has come, as data; what each means and by what it is known: ./fact-meanings. The whole
 * model in tables and pictures: docs/facts.md.
 *
 * Words used throughout the payment service:
 * - payment: what a user set out to pay, one row of ours, one intent (Stripe) or order (PayPal).
 * - fact: something with an identity of its own at the provider and a status that only moves up its ranks. Its business key
 *   is provider, kind and the provider's id; a row of the set also carries the status it had reached.
 * - observation: what one report of a provider says about one payment: facts, and perhaps an open status.
 * - open status: where an unfinished payment stands. It goes back and forth at the provider, so it is no fact, and no money
 *   follows from it.
 *
 * A fact may be reported any number of times, in any order. What counts is the highest rank in the set, so joining reports is
 * commutative, associative and idempotent. Ranks follow what can happen last: a capture that succeeded stays so whatever a
 * late report of its pending time says; a refund may still fail days after it succeeded, when a bank returns it.
 *
 * A dispute has no such last word: PayPal asks for evidence again, a lost one is appealed and won. So its facts also say when
 * the provider said so, and the newest counts; ranks decide within one moment. That, too, is a maximum of a total order.
 */
export const factKinds = {
  authorization: { authorized: 0 },
  capture: { pending: 0, failed: 1, succeeded: 2 },
  refund: { pending: 0, succeeded: 1, canceled: 2, failed: 3 },
  fee: { charged: 0 },
  fee_return: { returned: 0 },
  /** In Stripe's words, for both providers. No money follows from it: that moves by withdrawals alone. */
  dispute: {
    warning_needs_response: 0,
    warning_under_review: 1,
    warning_closed: 2,
    needs_response: 3,
    under_review: 4,
    prevented: 5,
    won: 6,
    lost: 7,
  },
  withdrawal: { withdrawn: 0 },
  reinstatement: { reinstated: 0 },
  cancellation: { canceled: 0 },
  expiry: { expired: 0 },
} as const satisfies Record<string, Readonly<Record<string, number>>>;

export type FactKind = keyof typeof factKinds;

/** One element of a payment's set of facts. Amounts in ISO 4217 minor units of `currency`. */
export interface Fact {
  readonly kind: FactKind;
  /** The provider's id of the thing itself. */
  readonly objectId: string;
  readonly status: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  /** The capture it belongs to; null for captures, authorizations and ends. */
  readonly parentId: string | null;
  /** When the provider said so, ISO 8601 in UTC with milliseconds; of disputes alone. */
  readonly asOf?: string | undefined;
}

/** Below 0: `a` has come less far than `b`. Orders the reports of one thing; 0 only for the same report. */
export const compareProgress = (a: Fact, b: Fact): number => {
  const [since, until] = [a.asOf ?? '', b.asOf ?? ''];
  if (since !== until) return since < until ? -1 : 1;
  return rankOf(a) - rankOf(b);
};

/** How far a fact has come; statuses of different kinds do not compare. */
export const rankOf = (fact: Pick<Fact, 'kind' | 'status'>): number => {
  const ranks: Readonly<Record<string, number>> = factKinds[fact.kind];
  const rank = ranks[fact.status];
  if (rank === undefined) throw new RangeError(`${fact.kind} has no status ${fact.status}`);
  return rank;
};

/** The key under which the set holds a fact at most once; the provider is the payment's. */
export const factKey = ({ kind, objectId, status, asOf }: FactName): string =>
  [kind, objectId, status, ...(asOf === undefined ? [] : [asOf])].join(':');

type FactName = Pick<Fact, 'kind' | 'objectId' | 'status' | 'asOf'>;
