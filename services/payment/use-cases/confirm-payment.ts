import { AppError } from '#shared/errors/app-error';
import { derivePayment } from '../domain/derive-payment';
import { isSettled } from '../domain/payment-status';
import { type PaymentSummary, summarise } from '../domain/payment-summary';
import type { Provider } from '../domain/provider-scale';
import type { PaymentProviders } from '../ports';
import { type LoadedPayment, loadPayments } from '../sql/load-payments';
import { intendCapture } from '../sql/record-call';
import { callProvider } from './call-provider';
import { type ObserveDeps, type Observed, reportOf } from './observe';
import { type ReconcileDeps, reconcile } from './reconcile';

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
  if (isSettled(derivePayment(payment.facts, payment.open).status)) return summarise(payment, payment);
  const observed = await takePayment(deps, payment, request.providerRef);
  const report = reportOf(deps, 'confirm', observed);
  const result = (await reconcile(deps, [report], [payment])).get(report.eventId);
  if (result?.outcome !== 'applied') throw new AppError('payment_mismatch');
  return summarise(result.payment, result.payment);
};

const findOwnPayment = async (deps: ConfirmDeps, request: ConfirmRequest): Promise<LoadedPayment> => {
  const { provider, providerRef } = request;
  const [payment] = await loadPayments(deps.database, [{ provider, providerRef, paymentId: null }]);
  // Somebody else's payment and one that does not exist must look the same.
  if (payment === undefined || payment.userId !== request.userId) throw new AppError('payment_not_found');
  return payment;
};

/** Stripe's intents are confirmed in the browser, so asking is enough; PayPal's orders wait for us to capture them. */
export const takePayment = async (
  deps: Pick<ConfirmDeps, 'database' | 'providers'>,
  payment: { readonly id: string; readonly provider: Provider },
  providerRef: string,
): Promise<Observed> => {
  const provider = deps.providers[payment.provider];
  if (payment.provider === 'stripe') return provider.retrieve(providerRef);
  const key = await intendCapture(deps.database, payment);
  return callProvider(
    deps.database,
    key,
    () => provider.capture({ key, providerRef }),
    ({ observation }) => observation.facts.find((fact) => fact.kind === 'capture')?.objectId ?? null,
  );
};
