import * as z from 'zod/mini';
import { AppError } from '#shared/errors/app-error';
import type { Reading } from '../domain/observation';
import { captureIdOf } from './paypal-facts';
import type { PayPalPayments } from './paypal-payments';

const id = z.string().check(z.regex(/^[\w.-]{1,127}$/));

/** What a PayPal webhook is good for: the ids in it. */
const event = z.object({
  event_type: z.string(),
  resource: z.object({
    id: z.optional(id),
    dispute_id: z.optional(id),
    order_id: z.optional(id),
    supplementary_data: z.optional(
      z.object({ related_ids: z.optional(z.object({ order_id: z.optional(id) })) }),
    ),
    links: z.optional(z.array(z.object({ rel: z.string(), href: z.string() }))),
  }),
});

export interface PayPalReading {
  readonly reading: Reading;
  /** The order as PayPal answered, for the inbox; null when nothing was asked. */
  readonly observation: string | null;
}

/**
 * Reads a PayPal event by asking PayPal for the order, or the dispute and its order, that it is about. The body's signature covers a CRC32 only, which can be
 * forged in milliseconds, so nothing in it counts but ids, and those only lead to questions.
 */
export const readPayPalEvent = async (paypal: PayPalPayments, body: string): Promise<PayPalReading> => {
  const parsed = event.safeParse(parseJson(body));
  if (!parsed.success) throw new AppError('webhook_body_invalid', { cause: parsed.error });
  const { event_type: type, resource } = parsed.data;
  if (isAboutDispute(type)) return readDispute(paypal, resource.dispute_id ?? resource.id);
  if (!isAboutOrder(type))
    return { reading: { kind: 'ignored', reason: `no facts in ${type}` }, observation: null };
  const orderId = await findOrderId(paypal, type, resource);
  if (orderId === null)
    return { reading: { kind: 'ignored', reason: 'belongs to no order' }, observation: null };
  try {
    const { observation, raw } = await paypal.retrieve(orderId);
    return { reading: { kind: 'observation', observation }, observation: raw };
  } catch (error) {
    // PayPal has no such order: the id was made up, or belongs to another account.
    if (!(error instanceof AppError) || error.code !== 'payment_not_found') throw error;
    return { reading: { kind: 'ignored', reason: 'PayPal has no such order' }, observation: null };
  }
};

/** The older name is RISK.DISPUTE.CREATED. */
const isAboutDispute = (type: string): boolean => /^(?:CUSTOMER|RISK)\.DISPUTE\./.test(type);

const readDispute = async (paypal: PayPalPayments, disputeId: string | undefined): Promise<PayPalReading> => {
  const found = disputeId === undefined ? null : await paypal.retrieveDispute(disputeId);
  if (found === null)
    return { reading: { kind: 'ignored', reason: 'a dispute of no order' }, observation: null };
  return { reading: { kind: 'observation', observation: found.observation }, observation: found.raw };
};

const isAboutOrder = (type: string): boolean =>
  /^(?:CHECKOUT\.ORDER|CHECKOUT\.PAYMENT-APPROVAL|PAYMENT\.CAPTURE|PAYMENT\.REFUND|PAYMENT\.AUTHORIZATION)\./.test(
    type,
  );

type Resource = z.infer<typeof event>['resource'];

const findOrderId = async (
  paypal: PayPalPayments,
  type: string,
  resource: Resource,
): Promise<string | null> => {
  // An approval that lapsed names its order directly, a capture among its related ids.
  const named = resource.order_id ?? resource.supplementary_data?.related_ids?.order_id;
  if (named !== undefined) return named;
  if (resource.id === undefined) return null;
  if (type.startsWith('CHECKOUT.')) return resource.id;
  // A refund's own event is PAYMENT.CAPTURE.REFUNDED with the refund as its resource: it points up to its capture.
  const captureId = captureIdOf(resource);
  if (captureId !== null) return paypal.orderOfCapture(captureId);
  return type === 'PAYMENT.CAPTURE.REFUNDED' || type.startsWith('PAYMENT.REFUND.')
    ? paypal.orderOfRefund(resource.id)
    : paypal.orderOfCapture(resource.id);
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};
