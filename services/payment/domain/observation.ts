import type { Fact } from './fact-kinds';
import type { OpenObservation } from './open-status';
import type { Payout } from './payout';
import type { Provider } from './provider-scale';

/** What one report of a provider says about one payment. */
export interface Observation {
  readonly provider: Provider;
  /** The payment intent or order it is about; null when the provider refused to make one. */
  readonly providerRef: string | null;
  /** Our payment's id as we once gave it to the provider; null where the report does not carry it. */
  readonly paymentId: string | null;
  /** The whole intent's or order's worth, where the report names it: must be what we asked for. */
  readonly asked: { readonly amountMinor: bigint; readonly currency: string } | null;
  readonly facts: readonly Fact[];
  readonly open: Omit<OpenObservation, 'eventId'> | null;
  /** Calls of ours that are seen to have been made, by what they left at the provider; absent where the report names none. */
  readonly calls?: readonly MadeCall[];
}

/** A thing at the provider that carries the key of the call that made it. */
export interface MadeCall {
  /** The row in provider_calls. */
  readonly key: string;
  /** The provider's id of the thing: the intent, the refund. */
  readonly resultRef: string;
}

/** What a report turned out to be: something about a payment, a payout, or nothing we keep (with the reason). */
export type Reading =
  | { readonly kind: 'observation'; readonly observation: Observation }
  | { readonly kind: 'payout'; readonly payout: Payout }
  | { readonly kind: 'ignored'; readonly reason: string };
