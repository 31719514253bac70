import * as z from 'zod/mini';
import { AppError } from '#shared/errors/app-error';
import type { Sighting } from '../domain/sighting';
import type { PaymentProvider, ProviderObservation, RefundRequest, RefundSearch } from '../ports';
import type { CallPayPal } from './call-paypal';
import { DoneBeforeError } from './error-verdict';
import {
  capturesOfDispute,
  disputeOf,
  disputesOfOrder,
  getDispute,
  type SeenDispute,
} from './paypal-dispute-lookups';
import { captureIdOf } from './paypal-facts';
import { paypalRefund } from './paypal-objects';
import { orderRequest, refundRequest } from './paypal-requests';
import { observeSightings } from './read-sightings';

export interface PayPalPaymentsOptions {
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
  /** A dispute with the order it is about; null when PayPal has no such dispute, or it is about no capture of an order. */
  readonly retrieveDispute: (disputeId: string) => Promise<ProviderObservation | null>;
}

const WHOLE = 'return=representation';

const capturedPart = z.object({
  supplementary_data: z.optional(
    z.object({ related_ids: z.optional(z.object({ order_id: z.optional(z.string()) })) }),
  ),
});

const orderLinks = z.object({ links: z.optional(z.array(z.object({ rel: z.string(), href: z.string() }))) });

/** PayPal behind the payment port, over a connection that others use too. */
export const paypalPayments = (options: PayPalPaymentsOptions, call: CallPayPal): PayPalPayments => {
  const seen = (as: string, object: unknown, how: 'made' | 'asked'): Sighting => ({
    as,
    seenAt: new Date(options.now()).toISOString(),
    how,
    object,
  });

  const observe = (order: unknown, how: 'made' | 'asked' = 'asked'): ProviderObservation =>
    observeSightings(seen('paypal.order', order, how));

  const retrieve = async (id: string): Promise<ProviderObservation> => {
    const order = await call(({ orders }) => orders.getOrder({ id }));
    const disputes = await disputesOfOrder(call, order);
    return observeSightings(seen('paypal.order', order, 'asked'), ...disputes.map(seenDispute));
  };

  const seenDispute = ({ about, object }: SeenDispute): Sighting => ({
    ...seen('paypal.dispute', object, 'asked'),
    about,
  });

  const orderOfCapture = async (captureId: string): Promise<string | null> => {
    const capture = capturedPart.safeParse(
      await call(({ payments }) => payments.getCapturedPayment({ captureId })).catch(nullIfAbsent),
    );
    return capture.success ? (capture.data.supplementary_data?.related_ids?.order_id ?? null) : null;
  };

  const findRefund = async ({ key, providerRef }: RefundRequest): Promise<RefundSearch> => {
    const order = await retrieve(providerRef);
    const made = order.observation.calls?.find((one) => one.key === key);
    return { ...order, refundId: made?.resultRef ?? null };
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
        if (!(error instanceof DoneBeforeError)) throw error;
        const found = await retrieve(providerRef);
        // DUPLICATE_INVOICE_ID without a capture here: another order with our invoice id was paid. A person must look.
        if (found.observation.facts.every(({ kind }) => kind !== 'capture')) {
          throw new AppError('payment_mismatch', { cause: error });
        }
        return found;
      }
    },
    // PayPal lists no orders. Nobody can have paid one: its address was in the answer that we did not get.
    findCreated: async () => null,
    refund: async (request) => {
      const { key, providerRef, captureId } = request;
      try {
        const refund = await call(({ payments }) =>
          payments.refundCapturedPayment({
            captureId,
            paypalRequestId: key,
            prefer: WHOLE,
            body: refundRequest(request),
          }),
        );
        const about = { order: providerRef, capture: captureId };
        const observed = observeSightings({ ...seen('paypal.refund', refund, 'made'), about });
        return { ...observed, refundId: paypalRefund.parse(refund).id };
      } catch (error) {
        if (!(error instanceof DoneBeforeError)) throw error;
        const { refundId, ...found } = await findRefund(request);
        if (refundId === null) throw new AppError('payment_not_refundable', { cause: error });
        return { ...found, refundId };
      }
    },
    findRefund,
    cancel: async ({ providerRef, paymentId, currency }) => {
      const order = await retrieve(providerRef).catch(nullIfAbsent);
      if (order?.observation.facts.some(({ kind }) => kind === 'capture')) return order;
      const abandonment = { provider: 'paypal', paymentId, providerRef, currency };
      return observeSightings(seen('abandonment', abandonment, 'made'));
    },
    orderOfCapture,
    orderOfRefund: async (refundId) => {
      const refund = orderLinks.safeParse(
        await call(({ payments }) => payments.getRefund({ refundId })).catch(nullIfAbsent),
      );
      const captureId = refund.success ? captureIdOf(refund.data) : null;
      return captureId === null ? null : orderOfCapture(captureId);
    },
    retrieveDispute: async (disputeId) => {
      const dispute = await getDispute(call, disputeId).catch(nullIfAbsent);
      if (dispute === null) return null;
      for (const captureId of capturesOfDispute(dispute)) {
        const id = await orderOfCapture(captureId);
        const order =
          id === null ? null : await call(({ orders }) => orders.getOrder({ id })).catch(nullIfAbsent);
        const disputed = order === null ? null : disputeOf(order, captureId, dispute);
        if (disputed !== null)
          return observeSightings(seen('paypal.order', order, 'asked'), seenDispute(disputed));
      }
      return null;
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
