import type { Provider } from './provider-scale';

export type CallOperation = 'create' | 'capture' | 'refund' | 'cancel';

const HOUR_MS = 3_600_000;

/**
 * How long a provider surely remembers an idempotency key, in milliseconds, with a margin: Stripe prunes after at least 24 h
 * (docs.stripe.com/api/idempotent_requests), PayPal keeps keys of Orders v2 for 6 h and of Payments v2 for 45 days (its OpenAPI
 * documents). After that, a repeat would be a new call.
 */
const HORIZON_MS: Readonly<Record<Provider, Readonly<Record<CallOperation, number>>>> = {
  stripe: { create: 20 * HOUR_MS, capture: 20 * HOUR_MS, refund: 20 * HOUR_MS, cancel: 20 * HOUR_MS },
  paypal: { create: 5 * HOUR_MS, capture: 5 * HOUR_MS, refund: 40 * 24 * HOUR_MS, cancel: 5 * HOUR_MS },
};

/** Whether the same key may still be used for a call first intended at `createdAt` (milliseconds since 1970). */
export const isRepeatable = (
  call: { readonly provider: Provider; readonly operation: CallOperation; readonly createdAt: number },
  now: number,
): boolean => call.createdAt > repeatableSince(call.provider, call.operation, now);

/** Calls intended after this moment may be repeated; milliseconds since 1970. */
export const repeatableSince = (provider: Provider, operation: CallOperation, now: number): number =>
  now - HORIZON_MS[provider][operation];

/** How a call stands whose outcome nobody has recorded. */
export interface OpenCall {
  readonly provider: Provider;
  readonly operation: CallOperation;
  /** When it was first intended, milliseconds since 1970. */
  readonly createdAt: number;
  /** Why an earlier try has no outcome. */
  readonly errorCode: string | null;
}

/**
 * Whether only looking can tell what became of a call: the provider may have forgotten its key, so that a repeat would do it
 * again, or repeats an error for it for ever.
 */
export const mustLook = (call: OpenCall, now: number): boolean =>
  call.errorCode === 'provider_outcome_unknown' || !isRepeatable(call, now);

/** Milliseconds in which a provider finishes what it answered with an error: what is not there then was not done. */
const SETTLING_MS = 15 * 60_000;

/** Whether a call that left no trace at the provider was surely not made. */
export const isSurelyNotMade = ({ createdAt }: Pick<OpenCall, 'createdAt'>, now: number): boolean =>
  now - createdAt >= SETTLING_MS;
