import { isAppError } from '#shared/errors/app-error';
import { isRepeatable, repeatableSince } from '../domain/call-horizon';
import type { PaymentProviders, ProviderObservation, ReadProviderEvent } from '../ports';
import { claimOpenPayments, type OpenPayment } from '../sql/claim-open-payments';
import { listHeldEvents } from '../sql/list-held-events';
import { listUnsettledRefunds } from '../sql/list-unsettled-refunds';
import { callProvider } from './call-provider';
import { takePayment } from './confirm-payment';
import { askProvider } from './create-intent';
import type { Report } from './fold-reports';
import { type ObserveDeps, type Observed, reportOf } from './observe';
import { type ReconcileDeps, reconcile } from './reconcile';

export interface SweepDeps extends ReconcileDeps, ObserveDeps {
  readonly providers: PaymentProviders;
  readonly read: ReadProviderEvent;
  /** Told about each thing that could not be done; the sweep goes on. */
  readonly onFailure: (what: { readonly task: string; readonly id: string }, error: unknown) => void;
}

/** How many were looked at, and how many of them failed. */
export interface SweepCount {
  readonly looked: number;
  readonly failed: number;
}

const LIMIT = 50;

/**
 * Asks the provider about every open payment that is due. Webhooks are only hints: with all of them lost, this alone brings
 * the database to the provider's truth.
 */
export const sweepOpenPayments = async (deps: SweepDeps): Promise<SweepCount> =>
  forEach(
    deps,
    'open-payment',
    await claimOpenPayments(deps.database, deps.now(), LIMIT),
    async (payment) => {
      const observed = await look(deps, payment);
      if (observed !== null) await reconcile(deps, [reportOf(deps, 'sweep', observed)]);
    },
  );

const look = async (deps: SweepDeps, payment: OpenPayment): Promise<Observed | null> => {
  if (payment.providerRef === null) return continueCreation(deps, payment);
  try {
    const observed = await deps.providers[payment.provider].retrieve(payment.providerRef);
    // The payer approved and left: PayPal waits three hours for us to take the money, then gives up.
    const isApproved =
      payment.provider === 'paypal' && observed.observation.open?.status === 'requires_confirmation';
    return isApproved ? await takePayment(deps, payment, payment.providerRef) : observed;
  } catch (error) {
    // PayPal forgets orders that nobody approved; Stripe keeps intents for ever, so there it is a fault.
    if (payment.provider === 'paypal' && isAppError(error, 'provider_rejected')) return expired(payment);
    throw error;
  }
};

/** The process died between writing the payment and hearing the provider's answer: make the same call again. */
const continueCreation = async (deps: SweepDeps, payment: OpenPayment): Promise<Observed | null> => {
  const { provider, createdAt } = payment;
  // Nobody can have paid: the client never learnt of an intent whose answer we did not get.
  if (!isRepeatable({ provider, operation: 'create', createdAt }, deps.now())) return expired(payment);
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

const expired = ({ id, provider, providerRef, currency }: OpenPayment): ProviderObservation => ({
  observation: {
    provider,
    providerRef,
    paymentId: id,
    asked: null,
    facts: [
      {
        kind: 'expiry',
        objectId: providerRef ?? id,
        status: 'expired',
        amountMinor: 0n,
        currency,
        parentId: null,
      },
    ],
    open: null,
  },
  raw: JSON.stringify({ expired: providerRef ?? id }),
});

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
      await reconcile(deps, [reportOf(deps, 'sweep', observed)]);
    },
  );
};

/** Applies events that came before their payment, now that it is there. */
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
