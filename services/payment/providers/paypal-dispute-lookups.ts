import * as z from 'zod/mini';
import { AppError } from '#shared/errors/app-error';
import type { Sighting } from '../domain/sighting';
import type { CallPayPal } from './call-paypal';
import { paypalId } from './paypal-amounts';
import { type DisputeContext, paypalDispute } from './paypal-disputes';
import { disputedCaptures } from './paypal-facts';
import { paypalOrder } from './paypal-objects';

const PATH = '/v1/customer/disputes';

/** Disputes of one capture to look at: a capture has one, or two when an inquiry is followed by a bank's chargeback. */
const PAGE = 10;

/** Transactions of one dispute to look for ours among. */
const TRANSACTIONS = 5;

const listed = z.object({ items: z.optional(z.array(z.object({ dispute_id: paypalId }))) });

/** One dispute, as an object of PayPal's. Its SDK has no controller for them. */
export const getDispute = (call: CallPayPal, disputeId: string): Promise<unknown> =>
  call(({ get }) => get(`${PATH}/${encodeURIComponent(disputeId)}`, {}));

/** The captures that a dispute names as ours; the first ones, if it names many. */
export const capturesOfDispute = (dispute: unknown): readonly string[] => {
  const parsed = paypalDispute.safeParse(dispute);
  if (!parsed.success) throw new AppError('provider_unavailable', { cause: parsed.error });
  return (parsed.data.disputed_transactions ?? [])
    .flatMap(({ seller_transaction_id: captureId }) => (captureId === undefined ? [] : [captureId]))
    .slice(0, TRANSACTIONS);
};

export type SeenDispute = Pick<Sighting, 'about' | 'object'>;

/** A dispute with what its reader must know besides. Null for an order that does not have the capture. */
export const disputeOf = (order: unknown, captureId: string, dispute: unknown): SeenDispute | null => {
  const parsed = paypalOrder.safeParse(order);
  if (!parsed.success) return null;
  const capture = parsed.data.purchase_units
    .flatMap(({ payments }) => payments?.captures ?? [])
    .find(({ id }) => id === captureId);
  if (capture === undefined) return null;
  const about: DisputeContext = {
    order: parsed.data.id,
    capture: captureId,
    currency: capture.amount.currency_code,
  };
  return { about: { ...about }, object: dispute };
};

/**
 * The disputes of an order whose captures look disputed; of any other order none, without asking. An account that may not read
 * disputes, or a failure to, must not keep the order's own facts from counting: then there are none, and the disputes' own
 * events fail aloud.
 */
export const disputesOfOrder = async (call: CallPayPal, order: unknown): Promise<readonly SeenDispute[]> => {
  const parsed = paypalOrder.safeParse(order);
  if (!parsed.success) return [];
  try {
    const found: (SeenDispute | null)[] = [];
    for (const capture of disputedCaptures(parsed.data)) {
      const query = { disputed_transaction_id: capture, page_size: PAGE };
      const { items = [] } = listed.parse(await call(({ get }) => get(PATH, query)));
      for (const { dispute_id } of items) {
        const dispute = paypalDispute.parse(await getDispute(call, dispute_id));
        found.push(disputeOf(order, capture, dispute));
      }
    }
    return found.filter((dispute) => dispute !== null);
  } catch {
    return [];
  }
};
