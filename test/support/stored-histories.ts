import { observeSightings } from '../../services/payment/providers/read-sightings';
import { readStripeEvent } from '../../services/payment/providers/read-stripe-event';
import type { Report } from '../../services/payment/use-cases/fold-reports';
import { liveOn } from '../simulation/intent-life';
import type { ModelIntent } from '../simulation/model-intent';
import type { Random } from '../simulation/random';
import { eventBody } from '../simulation/reports-of-model';
import { intentSnapshot } from '../simulation/stripe-snapshots';

/** A payment of ours with everything that was ever reported about it, roughly in the order in which it happened. */
export interface PaymentHistory {
  readonly id: string;
  readonly provider: 'stripe' | 'paypal';
  readonly currency: string;
  readonly amountMinor: bigint;
  readonly reports: readonly Report[];
}

const START = 1_760_000_000;

/** Reports of `source` with everything else as it would be stored. */
const reportOf = (
  report: Pick<Report, 'provider' | 'eventId' | 'source' | 'eventType' | 'body' | 'observation' | 'reading'>,
  at: number,
): Report => ({
  ...report,
  mode: 'test',
  account: null,
  transmissionId: null,
  sha256: null,
  receivedAt: new Date(at * 1000).toISOString(),
});

const uuidOf = (number: number): string => `00000000-0000-4000-8000-${number.toString(16).padStart(12, '0')}`;

/**
 * A Stripe payment: its life as the simulation plays it, told by webhooks with whole bodies and by answers to us. A few are
 * another amount than we asked for, and a few name no payment of ours.
 */
export const stripeHistory = (number: number, random: Random): PaymentHistory => {
  const id = uuidOf(number);
  const intent: ModelIntent = {
    id: `pi_${number}`,
    paymentId: random.chance(0.05) ? '' : id,
    amount: 100 + random.below(20_000),
    currency: 'usd',
    capture: random.pick(['automatic', 'automatic', 'manual']),
    status: 'requires_payment_method',
    charges: [],
    lastError: null,
  };
  let at = START + number;
  const reports: Report[] = [];
  const ask = (source: 'create' | 'sweep'): void => {
    const object = intentSnapshot(intent, source === 'create' ? 'event' : 'asked');
    const how = source === 'create' ? 'made' : 'asked';
    const seenAt = new Date(at * 1000 + 250).toISOString();
    const { observation, raw } = observeSightings({ as: 'stripe.payment_intent', seenAt, how, object });
    const eventId = `obs_${number}_${reports.length}`;
    const reading = { kind: 'observation', observation } as const;
    const eventType = `observation.${source}`;
    reports.push(
      reportOf({ provider: 'stripe', eventId, source, eventType, body: null, observation: raw, reading }, at),
    );
  };
  if (random.chance(0.8)) ask('create');
  for (let step = 3 + random.below(9); step > 0; step -= 1) {
    at += random.pick([0, 0, 1, 30]);
    for (const emitted of liveOn(intent, random, random.pick(['event', 'event', 'events_of_old']), at)
      ?.emitted ?? []) {
      const eventId = `evt_${number}_${reports.length}`;
      const body = eventBody(eventId, emitted, at);
      const { type: eventType } = emitted;
      const reading = readStripeEvent(body);
      reports.push(
        reportOf(
          { provider: 'stripe', eventId, source: 'webhook', eventType, body, observation: null, reading },
          at,
        ),
      );
    }
    if (random.chance(0.3)) ask('sweep');
  }
  const amountMinor = BigInt(intent.amount) + (random.chance(0.05) ? 1n : 0n);
  return { id, provider: 'stripe', currency: 'USD', amountMinor, reports };
};

/** PayPal's order as it is at some moment: each webhook leads to one, and the same webhook again may lead to a later one. */
export const paypalHistory = (number: number, random: Random): PaymentHistory => {
  const id = uuidOf(number);
  const orderId = `ORDER${number}`;
  const money = (value: string) => ({ currency_code: 'USD', value });
  const capture = (status: string) => ({ id: `CAP${number}`, status, amount: money('19.99') });
  const refund = (status: string) => ({
    id: `REF${number}`,
    status,
    amount: money('5.00'),
    links: [{ rel: 'up', href: `https://api.paypal.com/v2/payments/captures/CAP${number}` }],
  });
  const charged = { seller_receivable_breakdown: { paypal_fee: money('1.05') } };
  const stages = [
    { status: 'CREATED' },
    { status: 'APPROVED' },
    { status: 'COMPLETED', captures: [{ ...capture('COMPLETED'), ...charged }] },
    {
      status: 'COMPLETED',
      captures: [{ ...capture('PARTIALLY_REFUNDED'), ...charged }],
      refunds: [refund('COMPLETED')],
    },
    { status: 'COMPLETED', captures: [{ ...capture('COMPLETED'), ...charged }], refunds: [refund('FAILED')] },
  ].slice(0, 1 + random.below(5));
  // Told by another shop on the same account, or for another sum than we asked for.
  const customId = random.chance(0.05) ? undefined : id;
  const value = random.chance(0.05) ? '29.99' : '19.99';
  const look = (stage: number, at: number) => {
    const { status, ...payments } = stages[stage] ?? { status: 'CREATED' };
    const unit = {
      ...(customId === undefined ? {} : { custom_id: customId }),
      amount: money(value),
      payments,
    };
    const object = { id: orderId, status, purchase_units: [unit] };
    return observeSightings({
      as: 'paypal.order',
      seenAt: new Date(at * 1000).toISOString(),
      how: 'asked',
      object,
    });
  };
  const reports = stages.flatMap((_, stage): readonly Report[] => {
    const at = START + number + stage * 10;
    const eventId = `WH-${number}-${stage}`;
    // Once when it came, and again: the order may have gone on by then.
    return [stage, Math.min(stage + random.below(3), stages.length - 1)].map((seen, time) => {
      const { observation, raw } = look(seen, at + time);
      const reading = { kind: 'observation', observation } as const;
      const body = JSON.stringify({ id: eventId, resource: { id: orderId } });
      const eventType = 'CHECKOUT.ORDER.UPDATED';
      return reportOf(
        { provider: 'paypal', eventId, source: 'webhook', eventType, body, observation: raw, reading },
        at,
      );
    });
  });
  return { id, provider: 'paypal', currency: 'USD', amountMinor: 1999n, reports };
};

/** A payout as its events tell of it, in any order; now and then one event says another sum. */
export const payoutReports = (number: number, random: Random): readonly Report[] =>
  random
    .shuffle(['pending', 'in_transit', 'paid', 'failed'])
    .slice(0, 1 + random.below(4))
    .map((status) => {
      const eventId = `evt_po_${number}_${status}`;
      const amount = random.chance(0.1) ? 5_000 : 7_000;
      const object = { object: 'payout', id: `po_${number}`, status, amount, currency: 'usd' };
      const eventType = `payout.${status}`;
      const body = eventBody(eventId, { type: eventType, object }, START);
      const reading = readStripeEvent(body);
      return reportOf(
        { provider: 'stripe', eventId, source: 'webhook', eventType, body, observation: null, reading },
        START,
      );
    });

/** All reports of many histories, doubled and mixed up: mostly in their order, some late, some early. */
export const mixed = (histories: readonly PaymentHistory[], random: Random): readonly Report[] =>
  histories
    .flatMap(({ reports }, index) =>
      reports.flatMap((report, place) => {
        const due = index + place * 4 + random.pick([0, 0, 1, 3, 40]);
        const again = random.chance(0.3) ? [{ report, due: due + random.below(60) }] : [];
        return [{ report, due }, ...again];
      }),
    )
    .sort((a, b) => a.due - b.due)
    .map(({ report }) => report);
