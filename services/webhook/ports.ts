import type { ChangeMessage } from '#shared/messages/change';
import type { ProviderEventMessage } from '#shared/messages/provider-event';
import type { Delivery } from './domain/delivery';

/**
 * Whether a delivery comes from the provider. Resolves when it does.
 *
 * @throws AppError `webhook_signature_invalid` | `webhook_timestamp_out_of_tolerance` (the sender's fault),
 * `provider_not_configured` where no delivery of that provider is expected, or `webhook_verification_unavailable` when it cannot be told now and the provider should try again.
 */
export type SignatureVerifier = (delivery: Delivery) => Promise<void>;

/**
 * Hands one message over; resolves only once the queue has it for good.
 *
 * @throws AppError `queue_unavailable`
 */
export type EventQueue = (message: ProviderEventMessage) => Promise<void>;

/** The same for changes in our own database. */
export type ChangeQueue = (message: ChangeMessage) => Promise<void>;
