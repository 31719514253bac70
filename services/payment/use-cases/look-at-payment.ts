import { isAppError } from '#shared/errors/app-error';
import { isRepeatable } from '../domain/call-horizon';
import type { OpenStatus } from '../domain/open-status';
import type { OpenPayment } from '../sql/claim-open-payments';
import { endPayment } from './end-payment';
import type { EndDeps, StartedPayment } from './give-up';
import { type MakeIntentDeps, makeIntent } from './make-intent';
import { expiredObservation, type Observed } from './observe';
import { takePayment } from './take-payment';

export type LookDeps = MakeIntentDeps & EndDeps;

/**
 * After so long an intent that nobody has paid is canceled at Stripe, where it would stay payable for ever: in milliseconds.
 * PayPal gives up an order by itself within days.
 */
export const ABANDONED_AFTER_MS = 30 * 24 * 3_600_000;

/** What waits for the payer alone; money in flight or on hold is for others to decide about. */
const WAITING: ReadonlySet<OpenStatus> = new Set<OpenStatus>([
  'requires_payment_method',
  'requires_confirmation',
  'requires_action',
]);

/** Asks the provider how an open payment stands, and does what it waits for. */
export const lookAtPayment = async (deps: LookDeps, payment: OpenPayment): Promise<Observed> => {
  const { provider, providerRef } = payment;
  if (providerRef === null) return continueCreation(deps, payment);
  const observed = await deps.providers[provider].retrieve(providerRef).catch((error: unknown) => {
    // PayPal forgets orders that nobody approved; Stripe keeps intents for ever, so there it is a fault.
    if (provider === 'paypal' && isAppError(error, 'payment_not_found'))
      return expiredObservation(payment, deps.now());
    throw error;
  });
  return goOn(deps, { ...payment, providerRef }, observed);
};

const goOn = async (
  deps: LookDeps,
  payment: StartedPayment & Pick<OpenPayment, 'createdAt' | 'wasDeclined'>,
  observed: Observed,
): Promise<Observed> => {
  const status = observed.observation.open?.status;
  if (status === undefined) return observed;
  // The payer approved and left: PayPal waits three hours for us to take the money, then gives up. Where PayPal declined before,
  // the payer may have paid otherwise since: then only the payer's own confirmation takes it.
  if (payment.provider === 'paypal') {
    const isLeftToUs = status === 'requires_confirmation' && !payment.wasDeclined;
    return isLeftToUs ? takePayment(deps, payment) : observed;
  }
  const isAbandoned = deps.now() - payment.createdAt > ABANDONED_AFTER_MS && WAITING.has(status);
  return isAbandoned ? endPayment(deps, payment, 'abandoned') : observed;
};

/** The process died between writing the payment and hearing the provider's answer: make the same call again, or look. */
const continueCreation = async (deps: LookDeps, payment: OpenPayment): Promise<Observed> => {
  const { id, provider, userId, description, amountMinor, currency, createdAt } = payment;
  if (isRepeatable({ provider, operation: 'create', createdAt }, deps.now())) {
    const key = `create:${id}`;
    const request = { key, paymentId: id, userId: userId ?? '', description, amountMinor, currency };
    return makeIntent(deps, payment, request);
  }
  // Nobody can have paid: the client never learnt of an intent whose answer we did not get.
  return (
    (await deps.providers[provider].findCreated(id, createdAt)) ?? expiredObservation(payment, deps.now())
  );
};
