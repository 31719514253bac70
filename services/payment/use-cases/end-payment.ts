import { AppError } from '#shared/errors/app-error';
import { mustLook } from '../domain/call-horizon';
import type { CancelRequest } from '../ports';
import { intendCall, recordFailedCall } from '../sql/record-call';
import { type EndDeps, giveUp, type StartedPayment } from './give-up';
import type { Observed } from './observe';

/**
 * Ends an open payment so that nobody can pay it any more: Stripe cancels the intent; PayPal has no such call, so that it is our
 * promise, kept by the database, never to capture the order. The provider decides where somebody pays at the same moment:
 * the answer is how the payment then stands.
 *
 * @throws AppError `payment_not_cancelable` while it is being paid; those of the provider
 */
export const endPayment = async (
  deps: EndDeps,
  payment: StartedPayment,
  reason: CancelRequest['reason'],
): Promise<Observed> => {
  const { id: paymentId, provider, providerRef } = payment;
  const intention = { paymentId, provider, operation: 'cancel', request: { reason } } as const;
  const call = await intendCall(deps.database, intention);
  if (call.operation === 'capture') return lookAtCapture(deps, payment);
  if (call.isNew || !mustLook({ ...call, provider }, deps.now()))
    return giveUp(deps, payment, call.key, reason);
  const seen = await deps.providers[provider].retrieve(providerRef);
  if (seen.observation.open === null) return { ...seen, call: { key: call.key, resultRef: providerRef } };
  await recordFailedCall(deps.database, { key: call.key, state: 'failed', errorCode: 'not_made' });
  const next = await intendCall(deps.database, intention);
  return next.operation === 'capture'
    ? lookAtCapture(deps, payment)
    : giveUp(deps, payment, next.key, reason);
};

/** A capture was first; if it is not over, only it may decide. */
const lookAtCapture = async (deps: EndDeps, { provider, providerRef }: StartedPayment): Promise<Observed> => {
  const seen = await deps.providers[provider].retrieve(providerRef);
  if (seen.observation.open === null) return seen;
  throw new AppError('payment_not_cancelable', { detail: 'It is being paid right now.' });
};
