import type { Tandem } from '../../local/tandem';
import type { OwnerDatabase } from './owner-database';

/** Events that a payment has at least to be counted: one alone is always in order. */
const FEWEST = 3;

/** @returns the share of payments, 0 to 1, whose events did not come in for the first time in the order in which they happened */
export const measureDisorder = async ({ doubles }: Tandem, db: OwnerDatabase): Promise<number> => {
  const events = [doubles.stripe, doubles.paypal].flatMap((double) => double?.deliveries.events() ?? []);
  const places = new Map(events.map(({ id }, place) => [id, place]));
  const rows = await db.query<{ readonly payment_id: string; readonly event_id: string }>(
    `select payment_id, event_id from private.inbox
     where source = 'webhook' and payment_id is not null order by payment_id, received_at`,
  );
  const arrivals = Map.groupBy(rows, ({ payment_id }) => payment_id);
  let counted = 0;
  let disordered = 0;
  for (const received of arrivals.values()) {
    if (received.length < FEWEST) continue;
    const order = received.map(({ event_id }) => places.get(event_id) ?? -1);
    counted += 1;
    if (order.some((place, index) => index > 0 && place < (order[index - 1] ?? 0))) disordered += 1;
  }
  return counted === 0 ? 0 : disordered / counted;
};
