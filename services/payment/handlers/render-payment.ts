import type { OutputOf } from '#shared/kernel/route';
import type { paymentContract } from '../contract';
import type { PaymentSummary } from '../domain/payment-summary';

export type PaymentBody = OutputOf<(typeof paymentContract)['confirmStripe']['success']['body']>['payment'];

/** A payment in the words of the contract. Amounts fit a JSON number: the database keeps them below 10^12. */
export const renderPayment = (payment: PaymentSummary): PaymentBody => ({
  id: payment.id,
  provider: payment.provider,
  provider_ref: payment.providerRef,
  price: payment.priceId,
  description: payment.description,
  amount: Number(payment.amountMinor),
  currency: payment.currency,
  status: payment.status,
  captured_amount: Number(payment.capturedMinor),
  refunded_amount: Number(payment.refundedMinor),
  reversed_amount: Number(payment.reversedMinor),
  dispute_status: payment.disputeStatus,
  last_error_code: payment.lastErrorCode,
  created_at: payment.createdAt.toISOString(),
  updated_at: payment.updatedAt.toISOString(),
});
