import { claimOpenPayments, type OpenPayment } from '../sql/claim-open-payments';
import { type HeldEvent, listHeldEvents } from '../sql/list-held-events';
import type { Report } from './fold-reports';
import { lookAtPayment } from './look-at-payment';
import { reportOf } from './observe';
import { reconcile } from './reconcile';
import { forEach, type SweepCount, type SweepRun } from './sweep-run';

const LIMIT = 50;

/** Payments claimed at a time: what a run does not get to stays unclaimed for the next. */
const SLICE = 10;

/**
 * Asks the provider about every open payment that is due. Webhooks are only hints: with all of them lost, this alone brings
 * the database to the provider's truth.
 */
export const sweepOpenPayments = async (deps: SweepRun): Promise<SweepCount> => {
  const total = { looked: 0, failed: 0 };
  for (let claimed = SLICE; claimed === SLICE; ) {
    const providers = deps.patience.askable();
    if (providers.length === 0) break;
    const payments = await claimOpenPayments(deps.database, deps.now(), SLICE, providers);
    const { looked, failed } = await forEach(deps, 'open-payment', payments, (one) => settle(deps, one));
    total.looked += looked;
    total.failed += failed;
    claimed = payments.length;
  }
  return total;
};

const settle = async (deps: SweepRun, payment: OpenPayment): Promise<void> => {
  const observed = await deps.patience.ask(payment.provider, () => lookAtPayment(deps, payment));
  const outcomes = await reconcile(deps, [reportOf(deps, 'sweep', observed)]);
  for (const { outcome } of outcomes.values()) deps.onOutcome?.(outcome);
};

/** Applies events that came before their payment or before what explains them. */
export const retryHeldEvents = async (deps: SweepRun): Promise<SweepCount> => {
  const held = await listHeldEvents(deps.database, LIMIT);
  const items = held.map((event) => ({ ...event, id: event.eventId }));
  return forEach(deps, 'held-event', items, (event) => applyHeld(deps, event), asksProvider);
};

/** Stripe's events speak for themselves; PayPal's are questions. */
const asksProvider = ({ provider }: Pick<HeldEvent, 'provider'>): boolean => provider === 'paypal';

const applyHeld = async (deps: SweepRun, event: HeldEvent & { readonly id: string }): Promise<void> => {
  const { id: _, providerRef: __, ...received } = event;
  const read = () => deps.read(event);
  const { reading, observation } = await (asksProvider(event)
    ? deps.patience.ask(event.provider, read)
    : read());
  const report: Report = { ...received, source: 'webhook', reading, observation };
  await reconcile(deps, [report]);
};
