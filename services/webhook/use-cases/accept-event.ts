import { createHash } from 'node:crypto';
import type { ProviderMode } from '#shared/kernel/provider-mode';
import type { ProviderEventMessage } from '#shared/messages/provider-event';
import type { ParsedEvent } from '#shared/provider-events/parsed-event';
import type { Delivery } from '../domain/delivery';
import type { EventQueue, SignatureVerifier } from '../ports';

/** What tells one provider's events from another's. */
export interface EventSource {
  readonly provider: ProviderEventMessage['provider'];
  readonly mode: ProviderMode;
  readonly verify: SignatureVerifier;
  /** Reads a body whose signature is good. Throws AppError `webhook_body_invalid` | `webhook_wrong_mode`. */
  readonly parse: (delivery: Delivery) => ParsedEvent;
}

/**
 * Verifies a delivery and puts it on the queue as one message; resolves once it lies there. Nothing of an unsigned request
 * is parsed. Duplicates go through: whoever consumes the queue keeps what happened once apart from what was told twice.
 *
 * @throws AppError as its ports and `parse` do; whatever it throws, no message was confirmed
 */
export const acceptEvent = async (
  source: EventSource,
  enqueue: EventQueue,
  delivery: Delivery,
): Promise<ProviderEventMessage> => {
  await source.verify(delivery);
  const message: ProviderEventMessage = {
    version: 1,
    provider: source.provider,
    mode: source.mode,
    receivedAt: new Date(delivery.receivedAt).toISOString(),
    // Of the bytes as signed: two bodies under one PayPal transmission id are told apart by it.
    sha256: createHash('sha256').update(delivery.body).digest('hex'),
    ...source.parse(delivery),
  };
  await enqueue(message);
  return message;
};
