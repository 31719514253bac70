import type { Provider } from './provider-scale';

/**
 * How far a payout has come. It belongs to no payment: a provider sends what it holds for us to our bank, for many payments at
 * once. `failed` outranks `paid`, because a bank may return days later what counted as paid.
 */
export const payoutStatuses = {
  pending: 0,
  in_transit: 1,
  paid: 2,
  canceled: 3,
  failed: 4,
} as const satisfies Record<string, number>;

export type PayoutStatus = keyof typeof payoutStatuses;

/**
 * One row of the set of payouts, joined as facts are: by provider, id and status; the highest rank counts.
 */
export interface Payout {
  readonly provider: Provider;
  /** The provider's id: `po_1`. */
  readonly objectId: string;
  readonly status: PayoutStatus;
  /** What leaves the provider's balance for our bank, ISO 4217 minor units of `currency`, above 0. */
  readonly amountMinor: bigint;
  readonly currency: string;
}
