import type {
  PaypalWalletExperienceContext as ExperienceContext,
  OrderRequest,
} from '@paypal/paypal-server-sdk';
import * as z from 'zod/mini';
import { AppError } from '#shared/errors/app-error';
import { toPayPalValue } from '../domain/provider-scale';
import type { Sighting } from '../domain/sighting';
import type { CreateRequest, PaymentProvider, ProviderObservation } from '../ports';
import { type CallPayPal, callPayPal } from './call-paypal';
import { isAlreadyDone } from './map-paypal-error';
import type { PayPalOptions } from './paypal-client';
import { captureIdOf, paypalRefund } from './paypal-facts';
import { observeSightings } from './read-sightings';

export interface PayPalPaymentsOptions extends PayPalOptions {
  /** Where PayPal sends the payer back to. */
  readonly siteUrl: string;
  readonly now: () => number;
}

/** PayPal behind the payment port, with the look-ups its webhooks need. */
export interface PayPalPayments extends PaymentProvider {
  /** The order a capture belongs to, by asking PayPal; null when PayPal has no such capture or it has no order. */
  readonly orderOfCapture: (captureId: string) => Promise<string | null>;
  /** The order a refund belongs to. */
  readonly orderOfRefund: (refundId: string) => Promise<string | null>;
}

const WHOLE = 'return=representation';

const capturedPart = z.object({
  supplementary_data: z.optional(
    z.object({ related_ids: z.optional(z.object({ order_id: z.optional(z.string()) })) }),
  ),
});

const orderLinks = z.object({ links: z.optional(z.array(z.object({ rel: z.string(), href: z.string() }))) });

/** `call`: a connection that others use too; by default one of its own. */
export const paypalPayments = (
  options: PayPalPaymentsOptions,
  call: CallPayPal = callPayPal(options),
): PayPalPayments => {
  const seen = (as: string, object: unknown, how: 'made' | 'asked'): Sighting => ({
    as,
    seenAt: new Date(options.now()).toISOString(),
    how,
    object,
  });

  const observe = (order: unknown, how: 'made' | 'asked' = 'asked'): ProviderObservation =>
    observeSightings(seen('paypal.order', order, how));

  const retrieve = async (id: string): Promise<ProviderObservation> =>
    observe(await call(({ orders }) => orders.getOrder({ id })));

  const orderOfCapture = async (captureId: string): Promise<string | null> => {
    const capture = capturedPart.safeParse(
      await call(({ payments }) => payments.getCapturedPayment({ captureId })).catch(nullIfAbsent),
    );
    return capture.success ? (capture.data.supplementary_data?.related_ids?.order_id ?? null) : null;
  };

  return {
    create: async (request) => {
      const body = orderRequest(request, options.siteUrl);
      const order = await call(({ orders }) =>
        orders.createOrder({ body, paypalRequestId: request.key, prefer: WHOLE }),
      );
      return { ...observe(order, 'made'), clientSecret: null, approveUrl: approveUrlOf(order) };
    },
    retrieve,
    capture: async ({ key, providerRef }) => {
      try {
        const order = await call(({ orders }) =>
          orders.captureOrder({ id: providerRef, paypalRequestId: key, prefer: WHOLE }),
        );
        return observe(order);
      } catch (error) {
        if (!(error instanceof AppError) || !isAlreadyDone(error.cause)) throw error;
        const found = await retrieve(providerRef);
        // DUPLICATE_INVOICE_ID without a capture here: another order with our invoice id was paid. A person must look.
        if (found.observation.facts.every(({ kind }) => kind !== 'capture')) {
          throw new AppError('payment_mismatch', { cause: error.cause });
        }
        return found;
      }
    },
    refund: async ({ key, providerRef, captureId, amountMinor, currency }) => {
      const value = toPayPalValue({ amountMinor, currency });
      if (value === null) throw new AppError('currency_not_supported');
      const refund = await call(({ payments }) =>
        payments.refundCapturedPayment({
          captureId,
          paypalRequestId: key,
          prefer: WHOLE,
          body: { amount: { currencyCode: currency, value } },
        }),
      );
      const about = { order: providerRef, capture: captureId };
      const observed = observeSightings({ ...seen('paypal.refund', refund, 'made'), about });
      return { ...observed, refundId: paypalRefund.parse(refund).id };
    },
    orderOfCapture,
    orderOfRefund: async (refundId) => {
      const refund = orderLinks.safeParse(
        await call(({ payments }) => payments.getRefund({ refundId })).catch(nullIfAbsent),
      );
      const captureId = refund.success ? captureIdOf(refund.data) : null;
      return captureId === null ? null : orderOfCapture(captureId);
    },
  };
};

const nullIfAbsent = (error: unknown): null => {
  if (error instanceof AppError && error.code === 'payment_not_found') return null;
  throw error;
};

const approveUrlOf = (order: unknown): string | null => {
  const parsed = orderLinks.safeParse(order);
  const links = parsed.success ? (parsed.data.links ?? []) : [];
  return links.find(({ rel }) => rel === 'payer-action' || rel === 'approve')?.href ?? null;
};

/** One purchase unit that carries our payment's id twice: `custom_id` to find it by, `invoice_id` so that PayPal refuses a second. */
const orderRequest = (request: CreateRequest, siteUrl: string): OrderRequest => {
  const value = toPayPalValue(request);
  if (value === null) throw new AppError('currency_not_supported');
  return {
    intent: 'CAPTURE' as OrderRequest['intent'],
    purchaseUnits: [
      {
        customId: request.paymentId,
        invoiceId: request.paymentId,
        description: request.description.slice(0, 127),
        amount: { currencyCode: request.currency, value },
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
  };
};
