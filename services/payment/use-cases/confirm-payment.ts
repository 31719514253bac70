import { AppError } from '#shared/errors/app-error';
import { derivePayment } from '../domain/derive-payment';
import { isSettled } from '../domain/payment-status';
import { type PaymentSummary, summarise } from '../domain/payment-summary';
import type { Provider } from '../domain/provider-scale';
import type { PaymentProviders } from '../ports';
import { type LoadedPayment, loadPayments } from '../sql/load-payments';
import { type ObserveDeps, reportOf } from './observe';
import { type ReconcileDeps, reconcile } from './reconcile';
import { takePayment } from './take-payment';

export interface ConfirmDeps extends ReconcileDeps, ObserveDeps {
  readonly providers: PaymentProviders;
}

export interface ConfirmRequest {
  readonly userId: string;
  readonly provider: Provider;
  /** The payment intent or order. */
  readonly providerRef: string;
}

/**
 * Settles a payment while its user waits: asks the provider how it stands (Stripe) or takes the approved money (PayPal), and
 * folds the answer in exactly as a webhook would be. Whether the webhook was faster makes no difference.
 */
export const confirmPayment = async (deps: ConfirmDeps, request: ConfirmRequest): Promise<PaymentSummary> => {
  const payment = await findOwnPayment(deps, request);
  const { status } = derivePayment(payment.facts, payment.open);
  // What was canceled is never captured, not even an order that its payer has approved meanwhile.
  if (isSettled(status) || status === 'canceled') return summarise(payment, payment);
  const observed = await takePayment(deps, { ...payment, providerRef: request.providerRef });
  const report = reportOf(deps, 'confirm', observed);
  const result = (await reconcile(deps, [report], [payment])).get(report.eventId);
  if (result?.outcome !== 'applied') throw new AppError('payment_mismatch');
  return summarise(result.payment, result.payment);
};

const findOwnPayment = async (deps: ConfirmDeps, request: ConfirmRequest): Promise<LoadedPayment> => {
  const { provider, providerRef } = request;
  const { payments } = await loadPayments(deps.database, [{ provider, providerRef, paymentId: null }]);
  const [payment] = payments;
  // Somebody else's payment and one that does not exist must look the same.
  if (payment === undefined || payment.userId !== request.userId) throw new AppError('payment_not_found');
  return payment;
};
