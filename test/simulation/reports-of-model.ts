import { isAppError } from '#shared/errors/app-error';
import type { Observation, Reading } from '../../services/payment/domain/observation';
import { lookedAt, sightedAt } from '../../services/payment/domain/open-status';
import { mergeObservations } from '../../services/payment/domain/sighting';
import { readStripeEvent } from '../../services/payment/providers/read-stripe-event';
import { observeDispute, stripeDispute } from '../../services/payment/providers/stripe-disputes';
import { observePaymentIntent } from '../../services/payment/providers/stripe-facts';
import { stripePaymentIntent } from '../../services/payment/providers/stripe-objects';
import type { Report } from '../../services/payment/use-cases/fold-reports';
import type { Emitted } from './happening';
import { latestCharge, type ModelIntent } from './model-intent';
import { disputeSnapshot, intentSnapshot } from './stripe-snapshots';

const reportFrom = (
  source: Report['source'],
  eventId: string,
  eventType: string,
  at: number,
  reading: Reading,
): Report => ({
  provider: 'stripe',
  eventId,
  source,
  eventType,
  mode: 'test',
  account: null,
  transmissionId: null,
  sha256: null,
  body: null,
  observation: null,
  receivedAt: new Date(at * 1000).toISOString(),
  reading,
});

/** The body of an event as Stripe would send it. `at` in seconds since 1970. */
export const eventBody = (id: string, { type, object }: Emitted, at: number): string =>
  JSON.stringify({ id, object: 'event', type, created: at, livemode: false, data: { object } });

/** A webhook's report, read by the product. */
export const webhookReport = (id: string, body: string, type: string, at: number): Report =>
  reportFrom('webhook', id, type, at, readStripeEvent(body));

/**
 * What the provider says when asked now, or what it answered when we made the intent. `at` in seconds since 1970; no two looks are
 * within two milliseconds.
 */
export const askedReport = (
  intent: ModelIntent,
  source: 'create' | 'confirm' | 'sweep',
  id: string,
  at: number,
): Report => {
  const how = source === 'create' ? 'made' : 'asked';
  const snapshot = stripePaymentIntent.parse(intentSnapshot(intent, how === 'made' ? 'event' : 'asked'));
  const observation = mergeObservations(
    observePaymentIntent(snapshot, sightedAt(Math.round(at * 1000), how)),
    how === 'made' ? [] : observedDisputes(intent, lookedAt(Math.round(at * 1000))),
  );
  return reportFrom(source, id, `observation.${source}`, at, { kind: 'observation', observation });
};

/** The disputes that asking about a disputed charge brings along. */
const observedDisputes = (intent: ModelIntent, at: string): readonly Observation[] => {
  const charge = latestCharge(intent);
  return (charge?.disputes ?? []).flatMap((dispute) => {
    const told =
      charge === null
        ? null
        : observeDispute(stripeDispute.parse(disputeSnapshot(intent, charge, dispute)), at);
    return told === null ? [] : [told];
  });
};

/** Whether the product refuses a body that was cut off, and as what it is. */
export const refusesCutBody = (body: string, length: number): boolean => {
  try {
    readStripeEvent(body.slice(0, length));
    return false;
  } catch (error) {
    return isAppError(error, 'webhook_body_invalid');
  }
};
