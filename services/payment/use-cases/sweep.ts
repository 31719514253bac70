import { isAppError } from '#shared/errors/app-error';
import { isRepeatable, repeatableSince } from '../domain/call-horizon';
import type { Provider } from '../domain/provider-scale';
import type { PaymentProviders, ReadProviderEvent } from '../ports';
import { claimOpenPayments, type OpenPayment } from '../sql/claim-open-payments';
import { forgetIdempotencyKeys } from '../sql/forget-idempotency-keys';
import { listHeldEvents } from '../sql/list-held-events';
import { listUnsettledRefunds } from '../sql/list-unsettled-refunds';
import { callProvider } from './call-provider';
import { takePayment } from './confirm-payment';
import { askProvider } from './create-intent';
import type { Reconciled, Report } from './fold-reports';
import { expiredObservation, type ObserveDeps, type Observed, reportOf } from './observe';
import { type ReconcileDeps, reconcile } from './reconcile';

export interface SweepDeps extends ReconcileDeps, ObserveDeps {
  readonly providers: PaymentProviders;
  readonly read: ReadProviderEvent;
  /** Told about each thing that could not be done; the sweep goes on. */
  readonly onFailure: (what: { readonly task: string; readonly id: string }, error: unknown) => void;
  /** Told what became of each observation, for the operator's counters. */
  readonly onOutcome?: (outcome: Reconciled['outcome']) => void;
}

/** How many were looked at, and how many of them failed. */
export interface SweepCount {
  readonly looked: number;
  readonly failed: number;
}

const LIMIT = 50;

/** Payments claimed at a time: what a run does not get to stays unclaimed for the next. */
const SLICE = 10;

/** Milliseconds in which a run starts new questions; the function has time to finish the last one. */
const BUDGET_MS = 150_000;

/** After so many questions in a row without an answer, a provider is left alone until the next run. */
const PATIENCE = 3;

/**
 * Asks the provider about every open payment that is due. Webhooks are only hints: with all of them lost, this alone brings
 * the database to the provider's truth.
 */
export const sweepOpenPayments = async (deps: SweepDeps): Promise<SweepCount> => {
  const until = deps.now() + BUDGET_MS;
  const silent: Record<Provider, number> = { stripe: 0, paypal: 0 };
  const total = { looked: 0, failed: 0 };
  while (deps.now() < until) {
    const claimed = await claimOpenPayments(deps.database, deps.now(), SLICE);
    const askable = claimed.filter(({ provider }) => silent[provider] < PATIENCE);
    const { looked, failed } = await forEach(deps, 'open-payment', askable, (payment) =>
      settle(deps, payment, silent),
    );
    total.looked += looked;
    total.failed += failed;
    if (claimed.length < SLICE || Object.values(silent).every((times) => times >= PATIENCE)) break;
  }
  return total;
};

const settle = async (
  deps: SweepDeps,
  payment: OpenPayment,
  silent: Record<Provider, number>,
): Promise<void> => {
  const { provider } = payment;
  try {
    const observed = await look(deps, payment);
    silent[provider] = 0;
    if (observed !== null) await apply(deps, observed);
  } catch (error) {
    if (isAppError(error, 'provider_unavailable')) silent[provider] += 1;
    throw error;
  }
};

const apply = async (deps: SweepDeps, observed: Observed): Promise<void> => {
  const outcomes = await reconcile(deps, [reportOf(deps, 'sweep', observed)]);
  for (const { outcome } of outcomes.values()) deps.onOutcome?.(outcome);
};

const look = async (deps: SweepDeps, payment: OpenPayment): Promise<Observed | null> => {
  const { provider, providerRef } = payment;
  if (providerRef === null) return continueCreation(deps, payment);
  const observed = await deps.providers[provider].retrieve(providerRef).catch((error: unknown) => {
    // PayPal forgets orders that nobody approved; Stripe keeps intents for ever, so there it is a fault.
    if (provider === 'paypal' && isAppError(error, 'payment_not_found'))
      return expiredObservation(payment, deps.now());
    throw error;
  });
  // The payer approved and left: PayPal waits three hours for us to take the money, then gives up.
  const isApproved = provider === 'paypal' && observed.observation.open?.status === 'requires_confirmation';
  return isApproved ? takePayment(deps, payment, providerRef) : observed;
};

/** The process died between writing the payment and hearing the provider's answer: make the same call again. */
const continueCreation = async (deps: SweepDeps, payment: OpenPayment): Promise<Observed | null> => {
  const { provider, createdAt } = payment;
  // Nobody can have paid: the client never learnt of an intent whose answer we did not get.
  if (!isRepeatable({ provider, operation: 'create', createdAt }, deps.now()))
    return expiredObservation(payment, deps.now());
  const { id, userId, description, amountMinor, currency } = payment;
  const call = {
    key: `create:${id}`,
    paymentId: id,
    userId: userId ?? '',
    description,
    amountMinor,
    currency,
  };
  return askProvider(deps, payment, call);
};

/** Repeats refunds whose outcome nobody knows, with the key they had, while the provider remembers it. */
export const repeatUnsettledRefunds = async (deps: SweepDeps): Promise<SweepCount> => {
  const now = deps.now();
  const since = {
    stripe: repeatableSince('stripe', 'refund', now),
    paypal: repeatableSince('paypal', 'refund', now),
  };
  const repeatable = await listUnsettledRefunds(deps.database, { now, limit: LIMIT, since });
  return forEach(
    deps,
    'refund',
    repeatable.map((call) => ({ ...call, id: call.key })),
    async (call) => {
      const refund = () => deps.providers[call.provider].refund(call);
      const observed = await callProvider(deps.database, call.key, refund, ({ refundId }) => refundId);
      await apply(deps, observed);
    },
  );
};

/** Applies events that came before their payment or before what explains them. */
export const retryHeldEvents = async (deps: SweepDeps): Promise<SweepCount> => {
  const held = await listHeldEvents(deps.database, LIMIT);
  return forEach(
    deps,
    'held-event',
    held.map((event) => ({ ...event, id: event.eventId })),
    async (event) => {
      const { reading, observation } = await deps.read(event);
      const { id: _, providerRef: __, ...received } = event;
      const report: Report = { ...received, source: 'webhook', reading, observation };
      await reconcile(deps, [report]);
    },
  );
};

/** Takes away what need not be kept. */
export const forgetOldKeys = async (deps: SweepDeps): Promise<SweepCount> => ({
  looked: await forgetIdempotencyKeys(deps.database, deps.now()),
  failed: 0,
});

/** One after the other, so that a sweep never takes more than one connection; a failure is told and passed over. */
const forEach = async <Item extends { readonly id: string }>(
  deps: SweepDeps,
  task: string,
  items: readonly Item[],
  work: (item: Item) => Promise<void>,
): Promise<SweepCount> => {
  let failed = 0;
  for (const item of items) {
    try {
      await work(item);
    } catch (error) {
      failed += 1;
      deps.onFailure({ task, id: item.id }, error);
    }
  }
  return { looked: items.length, failed };
};
