import { readStripeEvent } from '../../services/payment/providers/read-stripe-event';
import type { Report } from '../../services/payment/use-cases/fold-reports';

/** A webhook's report as the reconciler makes it. */
export const stripeReport = (event: { id: string; type: string; created: number }): Report => {
  const body = JSON.stringify(event);
  return {
    provider: 'stripe',
    eventId: event.id,
    source: 'webhook',
    eventType: event.type,
    mode: 'test',
    account: null,
    transmissionId: null,
    sha256: '0'.repeat(64),
    body,
    observation: null,
    receivedAt: new Date(event.created * 1000).toISOString(),
    reading: readStripeEvent(body),
  };
};
