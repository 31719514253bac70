import type { Database } from '#shared/database/pool';
import { withTransaction } from '#shared/database/with-transaction';
import { AppError } from '#shared/errors/app-error';
import { isRepeatable } from '../domain/call-horizon';
import { type PaymentSummary, summarise } from '../domain/payment-summary';
import type { Provider } from '../domain/provider-scale';
import { amountToRefund, refundable } from '../domain/refundable';
import type { PaymentProviders, RefundRequest } from '../ports';
import { findPayment } from '../sql/find-payment';
import { intendRefund, lockForRefund, type RefundLock } from '../sql/intend-refund';
import type { LoadedPayment } from '../sql/load-payments';
import { callProvider } from './call-provider';
import { type ObserveDeps, reportOf } from './observe';
import { type ReconcileDeps, reconcile } from './reconcile';
import { type IdempotencyDeps, type IdempotentRequest, withIdempotencyKey } from './with-idempotency-key';

export interface RefundDeps extends ReconcileDeps, ObserveDeps, IdempotencyDeps {
  readonly database: Database;
  readonly providers: PaymentProviders;
}

export interface RefundPaymentRequest extends Omit<IdempotentRequest, 'route'> {
  readonly paymentId: string;
  /** Null: all that is left. ISO 4217 minor units. */
  readonly amountMinor: bigint | null;
}

export interface Refunded {
  readonly payment: PaymentSummary;
  readonly refundId: string;
  readonly amountMinor: bigint;
}

/**
 * Gives money back. Refunds of one payment reserve their amount under a lock before the provider is asked, so that parallel
 * ones cannot together return more than was taken.
 */
export const refundPayment = <Answer>(
  deps: RefundDeps,
  request: RefundPaymentRequest,
  render: (refunded: Refunded) => Answer,
): Promise<Answer> =>
  withIdempotencyKey(deps, { ...request, route: 'refund' }, async (refundId) => {
    const { payment, call, made } = await reserve(deps, request, `refund:${refundId}`);
    if (made !== null) {
      return render({
        payment: summarise(payment, payment),
        refundId: made,
        amountMinor: call.amountMinor,
      });
    }
    const observed = await callProvider(
      deps.database,
      call.key,
      () => deps.providers[payment.provider].refund(call),
      (result) => result.refundId,
    );
    const report = reportOf(deps, 'refund', observed);
    const result = (await reconcile(deps, [report])).get(report.eventId);
    if (result?.outcome !== 'applied') throw new AppError('payment_mismatch');
    return render({
      payment: summarise(result.payment, result.payment),
      refundId: observed.refundId,
      amountMinor: call.amountMinor,
    });
  });

interface Reservation {
  readonly payment: LoadedPayment;
  readonly call: RefundRequest;
  /** The provider's id of the refund when an earlier try made it: nobody is asked again. */
  readonly made: string | null;
}

const reserve = (deps: RefundDeps, request: RefundPaymentRequest, key: string): Promise<Reservation> =>
  withTransaction(deps.database, async (tx) => {
    const lock = await lockForRefund(tx, request.paymentId, key);
    const payment = await findPayment(tx, request.paymentId);
    if (payment?.providerRef == null) throw new AppError('payment_not_found');
    const { captureId, amountMinor } = decide(payment, lock, request.amountMinor);
    const { provider, providerRef, currency } = payment;
    const call = { key, providerRef, captureId, amountMinor, currency };
    if (lock.own?.state === 'succeeded') return { payment, call, made: lock.own.refundId };
    refuseForgottenKey(provider, lock, deps.now());
    await intendRefund(tx, { key, paymentId: payment.id, provider, captureId, amountMinor });
    return { payment, call, made: null };
  });

/** A refund that was intended before stays what it was: whether the provider made it is not known, but the key is spent on it. */
const decide = (
  payment: LoadedPayment,
  { own, reservedMinor }: RefundLock,
  wishedMinor: bigint | null,
): Pick<RefundRequest, 'captureId' | 'amountMinor'> => {
  if (own !== null && own.state !== 'failed') return own;
  const left = refundable(payment.facts, reservedMinor);
  return {
    captureId: left.captureId,
    amountMinor: amountToRefund(left, own?.amountMinor ?? wishedMinor),
  };
};

/** A key that the provider may have forgotten would make the refund again; whether it was made is for a person to find out. */
const refuseForgottenKey = (provider: Provider, { own }: RefundLock, now: number): void => {
  if (own === null || own.state === 'failed') return;
  if (isRepeatable({ provider, operation: 'refund', createdAt: own.createdAt }, now)) return;
  throw new AppError('conflict', {
    detail: 'Whether this refund was made is not known; look at the provider.',
  });
};
