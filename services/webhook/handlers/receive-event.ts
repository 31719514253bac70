import type { HandlerOf } from '#shared/http/request';
import type { Now } from '#shared/kernel/ids';
import type { Log } from '#shared/observability/logger';
import type { webhookContract } from '../contract';
import type { EventQueue } from '../ports';
import { acceptEvent, type EventSource } from '../use-cases/accept-event';

export interface ReceiveEventDeps {
  readonly source: EventSource;
  readonly enqueue: EventQueue;
  readonly now: Now;
  readonly log: Pick<Log, 'info'>;
}

/** Handles both routes: they differ in who signs and what is read, not in the steps. */
export const receiveEvent =
  ({
    source,
    enqueue,
    now,
    log,
  }: ReceiveEventDeps): HandlerOf<(typeof webhookContract)[keyof typeof webhookContract]> =>
  async ({ rawBody, headerValues }) => {
    const delivery = { body: rawBody, headers: headerValues, receivedAt: now() };
    const { provider, eventId, eventType } = await acceptEvent(source, enqueue, delivery);
    log.info('event accepted', { provider, eventId, eventType });
    return { body: { success: true } };
  };
