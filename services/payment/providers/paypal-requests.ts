import type {
  PaypalWalletExperienceContext as ExperienceContext,
  OrderRequest,
  RefundRequest as PayPalRefundRequest,
} from '@paypal/paypal-server-sdk';
import { AppError } from '#shared/errors/app-error';
import { toCustomId } from '../domain/call-key';
import { toPayPalValue } from '../domain/provider-scale';
import type { CreateRequest, RefundRequest } from '../ports';

/** One purchase unit that carries our payment's id twice: `custom_id` to find it by, `invoice_id` so that PayPal refuses a second. */
export const orderRequest = (request: CreateRequest, siteUrl: string): OrderRequest => ({
  intent: 'CAPTURE' as OrderRequest['intent'],
  purchaseUnits: [
    {
      customId: request.paymentId,
      invoiceId: request.paymentId,
      description: request.description.slice(0, 127),
      amount: amountOf(request),
    },
  ],
  paymentSource: {
    paypal: {
      experienceContext: {
        returnUrl: `${siteUrl}/payments/return`,
        cancelUrl: `${siteUrl}/payments/cancel`,
        userAction: 'PAY_NOW' as ExperienceContext['userAction'],
      },
    },
  },
});

/**
 * A refund carries the key of its call twice: `custom_id` to find it by, since a refund and its order's list of refunds both give
 * it back (schema `refund` of Payments v2 2.5 and Orders v2 2.13), and `invoice_id`, because PayPal makes no second
 * refund with the same one (DUPLICATE_INVOICE_ID), however long after the 45 days for which it knows the PayPal-Request-Id.
 */
export const refundRequest = (request: RefundRequest): PayPalRefundRequest => ({
  amount: amountOf(request),
  customId: toCustomId(request.key),
  invoiceId: toCustomId(request.key),
});

const amountOf = (money: { readonly amountMinor: bigint; readonly currency: string }) => {
  const value = toPayPalValue(money);
  if (value === null) throw new AppError('currency_not_supported');
  return { currencyCode: money.currency, value };
};
