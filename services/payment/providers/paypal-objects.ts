import * as z from 'zod/mini';
import { paypalId as id, paypalMoney as money } from './paypal-amounts';

/**
 * PayPal's objects, as far as facts need them (Orders v2 and Payments v2): a parsed object holds no personal data.
 */
const links = z.optional(z.array(z.object({ rel: z.string(), href: z.string() })));

const capture = z.object({
  id,
  status: z.enum(['COMPLETED', 'DECLINED', 'PARTIALLY_REFUNDED', 'PENDING', 'REFUNDED', 'FAILED']),
  amount: money,
  status_details: z.optional(z.object({ reason: z.optional(z.string()) })),
  update_time: z.optional(z.string()),
  seller_receivable_breakdown: z.optional(z.object({ paypal_fee: z.optional(money) })),
});

export const paypalRefund = z.object({
  id,
  status: z.enum(['CANCELLED', 'FAILED', 'PENDING', 'COMPLETED']),
  amount: money,
  custom_id: z.optional(z.string()),
  seller_payable_breakdown: z.optional(z.object({ paypal_fee: z.optional(money) })),
  links,
});

const authorization = z.object({
  id,
  status: z.enum(['CREATED', 'CAPTURED', 'DENIED', 'PARTIALLY_CAPTURED', 'VOIDED', 'PENDING']),
  amount: money,
});

export const paypalOrder = z.object({
  id,
  status: z.enum(['CREATED', 'SAVED', 'APPROVED', 'VOIDED', 'COMPLETED', 'PAYER_ACTION_REQUIRED']),
  update_time: z.optional(z.string()),
  purchase_units: z.array(
    z.object({
      custom_id: z.optional(z.string()),
      amount: z.optional(money),
      payments: z.optional(
        z.object({
          captures: z.optional(z.array(capture)),
          refunds: z.optional(z.array(paypalRefund)),
          authorizations: z.optional(z.array(authorization)),
        }),
      ),
    }),
  ),
});

export type PayPalOrder = z.infer<typeof paypalOrder>;
export type PayPalCapture = z.infer<typeof capture>;
export type PayPalRefund = z.infer<typeof paypalRefund>;
