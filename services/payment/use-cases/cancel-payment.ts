import { AppError } from '#shared/errors/app-error';
import { derivePayment } from '../domain/derive-payment';
import { openPaymentStatuses } from '../domain/payment-status';
import { type PaymentSummary, summarise } from '../domain/payment-summary';
import { findPayment } from '../sql/find-payment';
import { endPayment } from './end-payment';
import type { EndDeps } from './give-up';
import { type ObserveDeps, reportOf } from './observe';
import { type ReconcileDeps, reconcile } from './reconcile';
import { type IdempotencyDeps, type IdempotentRequest, withIdempotencyKey } from './with-idempotency-key';

export type CancelDeps = ReconcileDeps & ObserveDeps & IdempotencyDeps & EndDeps;

export interface CancelPaymentRequest extends Omit<IdempotentRequest, 'route'> {
  readonly paymentId: string;
}

/**
 * Cancels an own payment that has not been paid. One that has ended already, whether paid, canceled or expired, is answered as it
 * stands, and so is one that was paid at the same moment: the caller reads the outcome in its status.
 *
 * @throws AppError `payment_not_found` for nobody's and anybody else's, `payment_not_cancelable` where it can be neither
 * canceled nor called paid yet
 */
export const cancelPayment = <Answer>(
  deps: CancelDeps,
  request: CancelPaymentRequest,
  render: (payment: PaymentSummary) => Answer,
): Promise<Answer> =>
  withIdempotencyKey(deps, { ...request, route: 'cancel' }, async () => {
    const payment = await findPayment(deps.database, request.paymentId);
    if (payment === null || payment.userId !== request.userId) throw new AppError('payment_not_found');
    const { status } = derivePayment(payment.facts, payment.open);
    if (!openPaymentStatuses.includes(status)) return render(summarise(payment, payment));
    const { providerRef } = payment;
    if (providerRef === null) {
      // What the provider made, if anything, has no name here yet; minutes later it has, or has expired.
      const detail = 'It is still being started; try again in a few minutes.';
      throw new AppError('payment_not_cancelable', { detail });
    }
    const observed = await endPayment(deps, { ...payment, providerRef }, 'requested_by_customer');
    const report = reportOf(deps, 'cancel', observed);
    const result = (await reconcile(deps, [report], [payment])).get(report.eventId);
    if (result?.outcome !== 'applied') throw new AppError('payment_mismatch');
    return render(summarise(result.payment, result.payment));
  });
