import type { Database } from '#shared/database/pool';
import { withTransaction } from '#shared/database/with-transaction';
import { writeAudit } from '#shared/database/write-audit';
import { AppError } from '#shared/errors/app-error';
import type { Actor } from '#shared/kernel/actor';
import { mustLook, type OpenCall } from '../domain/call-horizon';
import { type PaymentSummary, summarise } from '../domain/payment-summary';
import { amountToRefund, refundable } from '../domain/refundable';
import type { PaymentProviders } from '../ports';
import { findPayment } from '../sql/find-payment';
import { intendRefund, lockForRefund, type RefundLock } from '../sql/intend-refund';
import type { LoadedPayment } from '../sql/load-payments';
import { type ObserveDeps, reportOf } from './observe';
import { type ReconcileDeps, reconcile } from './reconcile';
import { type OpenRefund, settleRefund } from './settle-refund';
import { type IdempotencyDeps, type IdempotentRequest, withIdempotencyKey } from './with-idempotency-key';

export interface RefundDeps extends ReconcileDeps, ObserveDeps, IdempotencyDeps {
  readonly database: Database;
  readonly providers: PaymentProviders;
}

export interface RefundPaymentRequest extends Omit<IdempotentRequest, 'route'> {
  readonly actor: Actor;
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
 * ones cannot together return more than was taken. The audit log has who wanted it with that reservation, and what came of it.
 */
export const refundPayment = <Answer>(
  deps: RefundDeps,
  request: RefundPaymentRequest,
  render: (refunded: Refunded) => Answer,
): Promise<Answer> =>
  withIdempotencyKey(deps, { ...request, route: 'refund' }, async (refundId) => {
    for (let attempt = 1; attempt <= CALLS; attempt += 1) {
      const { payment, call, made } = await reserve(deps, request, `refund:${refundId}`);
      const { amountMinor } = call;
      const conclude = async (paid: PaymentSummary, id: string): Promise<Answer> => {
        await writeAudit(deps.database, {
          actor: request.actor,
          action: 'payments.refunded',
          target: payment.id,
          before: standingOf(summarise(payment, payment)),
          after: { ...standingOf(paid), refund: id, amount: `${amountMinor} ${call.currency}` },
        });
        return render({ payment: paid, refundId: id, amountMinor });
      };
      if (made !== null) return conclude(summarise(payment, payment), made);
      const observed = await settleRefund(deps, call);
      const report = reportOf(deps, 'refund', observed);
      const result = (await reconcile(deps, [report])).get(report.eventId);
      if (result?.outcome !== 'applied') throw new AppError('payment_mismatch');
      if (observed.refundId !== null)
        return conclude(summarise(result.payment, result.payment), observed.refundId);
      // An earlier try, long ago, was surely not carried out: this one is a call of its own.
    }
    throw new AppError('provider_outcome_unknown');
  });

/** What the audit log keeps of a payment; minor units as text. */
const standingOf = (payment: PaymentSummary) => ({
  status: payment.status,
  captured: payment.capturedMinor.toString(),
  refunded: payment.refundedMinor.toString(),
});

/** An earlier one that was never carried out, and one in its place. */
const CALLS = 2;

interface Reservation {
  readonly payment: LoadedPayment;
  readonly call: OpenRefund;
  /** The provider's id of the refund when an earlier try made it: nobody is asked again. */
  readonly made: string | null;
}

const reserve = (deps: RefundDeps, request: RefundPaymentRequest, ownKey: string): Promise<Reservation> =>
  withTransaction(deps.database, async (tx) => {
    const now = deps.now();
    const lock = await lockForRefund(tx, request.paymentId, ownKey);
    const payment = await findPayment(tx, request.paymentId);
    if (payment?.providerRef == null) throw new AppError('payment_not_found');
    const { provider, providerRef, currency } = payment;
    const about = { provider, providerRef, currency };
    const call = { ...about, ...decide(payment, lock, request.amountMinor, now) };
    if (lock.own?.state === 'succeeded') return { payment, call, made: lock.own.refundId };
    refuseWhileTried({ ...call, operation: 'refund' }, lock, now);
    await intendRefund(tx, { ...call, paymentId: payment.id }, now);
    await writeAudit(tx, {
      actor: request.actor,
      action: 'payments.refund',
      target: payment.id,
      before: standingOf(summarise(payment, payment)),
      after: { amount: `${call.amountMinor} ${currency}`, key: call.key },
    });
    return { payment, call, made: null };
  });

type Decision = Pick<OpenRefund, 'key' | 'captureId' | 'amountMinor' | 'createdAt' | 'errorCode'>;

/** A refund that was intended before stays what it was: whether the provider made it is not known, but the key is spent on it. */
const decide = (
  payment: LoadedPayment,
  { own, reservedMinor, nextKey }: RefundLock,
  wishedMinor: bigint | null,
  now: number,
): Decision => {
  if (own !== null && own.state !== 'failed') return own;
  const left = refundable(payment.facts, reservedMinor);
  return {
    key: nextKey,
    captureId: left.captureId,
    amountMinor: amountToRefund(left, own?.amountMinor ?? wishedMinor),
    createdAt: now,
    errorCode: null,
  };
};

/** Milliseconds after which nobody is still at a try of another process. */
const TRY_MS = 60_000;

/** What another process is asking for right now may appear a moment after a look: whoever looks must come later. */
const refuseWhileTried = (call: OpenCall, { own }: RefundLock, now: number): void => {
  if (own === null || own.state === 'failed' || !mustLook(call, now)) return;
  if (now - (own.attemptedAt ?? own.createdAt) < TRY_MS)
    throw new AppError('provider_outcome_unknown', { headers: { 'retry-after': '60' } });
};
