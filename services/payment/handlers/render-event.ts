import type { OutputOf } from '#shared/kernel/route';
import type { paymentContract } from '../contract';
import type { StoredEvent } from '../domain/stored-event';

export type EventBody = OutputOf<(typeof paymentContract)['listEvents']['success']['body']>['data'][number];

/** An event in the words of the contract. */
export const renderEvent = (event: StoredEvent): EventBody => ({
  id: event.eventId,
  provider: event.provider,
  type: event.eventType,
  source: event.source,
  outcome: event.outcome,
  reason: event.reason,
  payment_id: event.paymentId,
  provider_ref: event.providerRef,
  mode: event.mode,
  account: event.account,
  attempts: event.attempts,
  received_at: event.receivedAt.toISOString(),
  processed_at: event.processedAt.toISOString(),
});
