import type { ParsedEvent } from './parsed-event';
import { invalid, isJsonObject, type JsonObject, readJsonObject } from './read-json-object';

const EVENT_ID = /^[A-Za-z0-9-]{1,64}$/;
const EVENT_TYPE = /^[A-Z][A-Z0-9._-]{0,254}$/;

/**
 * Reads a PayPal event down to its ids. Its signature covers no more than a CRC-32 of the body, and a body for a given
 * CRC-32 is made in milliseconds: amounts and statuses in it are worth nothing, so none goes on. Whoever needs them asks
 * PayPal for the object that the ids name.
 *
 * The body that goes on keeps the event's own shape with nothing in it but `id`, `event_type`, `event_version`,
 * `resource_type`, `resource_version`, `create_time` and `resource`; in that only keys `id` and `…_id`, and `links` whose
 * `rel` is `up` (a refund names its capture so).
 *
 * @param transmissionId PayPal's id of the delivery; null for an event that nobody delivered: it was listed
 * @throws AppError `webhook_body_invalid`
 */
export const parsePayPalEvent = (body: Uint8Array, transmissionId: string | null): ParsedEvent => {
  const event = readJsonObject(body);
  const { id, event_type: type } = event;
  if (typeof id !== 'string' || !EVENT_ID.test(id)) throw invalid('The event has no id');
  if (typeof type !== 'string' || !EVENT_TYPE.test(type)) throw invalid('The event has no type');
  if (!isJsonObject(event.resource)) throw invalid('The event has no resource');
  return {
    eventId: id,
    eventType: type,
    account: null,
    transmissionId,
    body: JSON.stringify({ ...keepEnvelope(event), resource: keepIds(event.resource) ?? {} }),
  };
};

/** The event's own short words, each only in the form it has. */
const ENVELOPE: ReadonlyMap<string, RegExp> = new Map([
  ['id', EVENT_ID],
  ['event_type', EVENT_TYPE],
  ['event_version', /^[0-9]{1,3}\.[0-9]{1,3}$/],
  ['resource_type', /^[A-Za-z][A-Za-z0-9_-]{0,63}$/],
  ['resource_version', /^[0-9]{1,3}\.[0-9]{1,3}$/],
  ['create_time', /^[0-9T:.Z+-]{10,40}$/],
]);

const keepEnvelope = (event: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(event).filter(
      ([key, value]) => typeof value === 'string' && ENVELOPE.get(key)?.test(value) === true,
    ),
  );

/** People: their ids are personal data and lead to no object we may read. */
const PEOPLE: ReadonlySet<string> = new Set([
  'payer',
  'payee',
  'subscriber',
  'buyer',
  'shipping',
  'payment_source',
]);
const PEOPLE_IDS: ReadonlySet<string> = new Set(['payer_id', 'account_id', 'tax_id', 'customer_id']);
const ID_VALUE = /^[A-Za-z0-9._-]{1,127}$/;
/** Only its path's last part may be used: the host is as forgeable as the rest. */
const UP_HREF = /^https?:\/\/[a-z0-9.:-]{1,100}\/v[12]\/[a-z/-]+\/[A-Za-z0-9-]{1,64}$/;

/** Undefined where no id is left. */
const keepIds = (value: unknown): unknown => {
  if (Array.isArray(value)) return keepIdsOfList(value);
  if (!isJsonObject(value)) return undefined;
  if (isLinkUp(value)) return { rel: 'up', href: value.href };
  const kept = Object.entries(value)
    .filter(([key]) => !PEOPLE.has(key) && !PEOPLE_IDS.has(key))
    .map(([key, item]) => [key, isId(key, item) ? item : keepIds(item)] as const)
    .filter(([, item]) => item !== undefined);
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
};

const keepIdsOfList = (list: readonly unknown[]): unknown => {
  const kept = list.map(keepIds).filter((item) => item !== undefined);
  return kept.length === 0 ? undefined : kept;
};

const isId = (key: string, value: unknown): boolean =>
  (key === 'id' || key.endsWith('_id')) && typeof value === 'string' && ID_VALUE.test(value);

const isLinkUp = (value: JsonObject): boolean =>
  value.rel === 'up' && typeof value.href === 'string' && UP_HREF.test(value.href);
