import { AppError } from '#shared/errors/app-error';
import type { ProviderMode } from '#shared/kernel/provider-mode';
import type { ParsedEvent } from './parsed-event';
import { invalid, isJsonObject, type JsonObject, readJsonObject } from './read-json-object';
import { redactStripeEvent } from './redact-stripe-event';

export interface ExpectedStripeSource {
  readonly mode: ProviderMode;
  /** The connected account whose events we take (`acct_…`); null takes those of our own account only. */
  readonly account: string | null;
}

const EVENT_ID = /^evt_[A-Za-z0-9_]{1,250}$/;
const EVENT_TYPE = /^[a-z][a-z0-9_.]{0,254}$/;

/**
 * Reads a verified Stripe event and takes the personal data out of it. Stripe signs with one secret per endpoint, not per
 * mode, and verifying looks at neither `livemode` nor `account`: a test event must never move live money, so both are
 * checked here. Thin events (`v2.core.event`) carry no object and are refused.
 *
 * @throws AppError `webhook_body_invalid` | `webhook_wrong_mode`
 */
export const parseStripeEvent = (body: Uint8Array, expected: ExpectedStripeSource): ParsedEvent => {
  const event = readJsonObject(body);
  if (event.object !== 'event') throw invalid('The body is not a snapshot event');
  const { id, type, livemode } = event;
  if (typeof id !== 'string' || !EVENT_ID.test(id)) throw invalid('The event has no id');
  if (typeof type !== 'string' || !EVENT_TYPE.test(type)) throw invalid('The event has no type');
  if (!isJsonObject(event.data) || !isJsonObject(event.data.object)) throw invalid('The event has no object');
  if (typeof livemode !== 'boolean') throw invalid('The event does not say its mode');
  if (livemode !== (expected.mode === 'live')) throw new AppError('webhook_wrong_mode');
  const account = readAccount(event);
  if (account !== expected.account) throw new AppError('webhook_wrong_mode');
  return {
    eventId: id,
    eventType: type,
    account,
    transmissionId: null,
    body: JSON.stringify(redactStripeEvent(event)),
  };
};

/** `account` names the connected account; `context` does in newer deliveries. */
const readAccount = (event: JsonObject): string | null => {
  const named = event.account ?? event.context ?? null;
  if (named !== null && typeof named !== 'string') throw invalid('The event names its account wrongly');
  return named;
};
