import { isAppError } from '#shared/errors/app-error';
import type { Reading } from '../../services/payment/domain/observation';
import { sightedAt } from '../../services/payment/domain/open-status';
import { readStripeEvent } from '../../services/payment/providers/read-stripe-event';
import { observePaymentIntent } from '../../services/payment/providers/stripe-facts';
import { stripePaymentIntent } from '../../services/payment/providers/stripe-objects';
import type { Report } from '../../services/payment/use-cases/fold-reports';
import type { Emitted } from './intent-life';
import type { ModelIntent } from './model-intent';
import { intentSnapshot } from './stripe-snapshots';

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

/** What the provider says when asked now, or what it answered when we made the intent. */
export const askedReport = (
  intent: ModelIntent,
  source: 'create' | 'confirm' | 'sweep',
  id: string,
  at: number,
): Report => {
  const how = source === 'create' ? 'made' : 'asked';
  const snapshot = stripePaymentIntent.parse(intentSnapshot(intent, how === 'made' ? 'event' : 'asked'));
  const observation = observePaymentIntent(snapshot, sightedAt(at * 1000, how));
  return reportFrom(source, id, `observation.${source}`, at, { kind: 'observation', observation });
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
