import { isJsonObject, type JsonObject } from './read-json-object';

/** Stands where something was, so that a reader of the inbox sees that there was something. */
export const REDACTED = '[redacted]';

/**
 * Keys whose whole value is personal data, a secret, or text that people write, at any depth.
 * What a payment needs (ids, amounts, currencies, statuses, times, codes) is under none of them.
 */
const PRIVATE_KEYS: ReadonlySet<string> = new Set([
  // People, and how to reach them
  ...['billing_details', 'customer_details', 'collected_information', 'customer_shipping', 'shipping'],
  ...['shipping_details', 'owner', 'payer_details', 'individual', 'company', 'custom_fields', 'evidence'],
  ...['username', 'cashtag', 'buyer_id', 'payer_id', 'user_agent', 'ip_address_location', 'session'],
  ...['line1', 'line2', 'city', 'postal_code', 'latitude', 'longitude'],
  // Cards and bank accounts
  ...['iin', 'exp_month', 'exp_year', 'cvc', 'sort_code', 'bic', 'swift', 'wallet'],
  ...['tax_id', 'tax_ids', 'customer_tax_ids', 'personal_id'],
  // Whoever holds these may act or look
  ...['next_action', 'online'],
  // What people wrote
  ...['comment', 'footer', 'memo', 'note', 'custom_text', 'description'],
]);

/** The same by the last word of the key: `receipt_email`, `hosted_invoice_url`, `customer_phone`, `client_secret` … */
const PRIVATE_LAST_WORD =
  /(?:^|_)(?:email|phone|address|secret|url|ip|name|token|number|dob|zip|iban|fingerprint|last4|password)$/;

/** Where such a key is about a thing instead of a person: key → values of `object` beside it. */
const KEPT_IN: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['name', new Set(['product', 'plan', 'coupon'])],
  ['description', new Set(['product'])],
  ['number', new Set(['invoice', 'credit_note'])],
]);

/** Metadata is whatever somebody put there; these are ours. */
const OUR_METADATA: ReadonlySet<string> = new Set([
  ...['payment_id', 'user_id', 'price_id', 'subscription_id', 'call_key'],
]);
const OUR_METADATA_VALUE = /^[A-Za-z0-9_:-]{1,64}$/;

/** Text that gives itself away wherever it stands: an e-mail address, a client secret, a link (they carry tokens). */
const PRIVATE_TEXT = /[^\s@]@[^\s@]+\.[^\s@]|_secret_|^https?:/;

/**
 * A copy of a Stripe event without personal data and secrets. It keeps every id, amount, currency, status, time and code,
 * and the structure around them; what it takes out becomes `"[redacted]"`, and an absent value stays null.
 */
export const redactStripeEvent = (event: JsonObject): JsonObject => redactObject(event);

const redactObject = (source: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(source).map(([key, value]) => [key, redactEntry(key, value, source.object)]),
  );

const redactEntry = (key: string, value: unknown, owner: unknown): unknown => {
  if (key === 'metadata' && isJsonObject(value)) return keepOurMetadata(value);
  if (isPrivate(key, owner)) return value === null ? null : REDACTED;
  return redactValue(value);
};

const redactValue = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(redactValue);
  if (isJsonObject(value)) return redactObject(value);
  return typeof value === 'string' && PRIVATE_TEXT.test(value) ? REDACTED : value;
};

const isPrivate = (key: string, owner: unknown): boolean =>
  (PRIVATE_KEYS.has(key) || PRIVATE_LAST_WORD.test(key)) &&
  !(typeof owner === 'string' && KEPT_IN.get(key)?.has(owner));

const keepOurMetadata = (metadata: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(metadata).filter(
      ([key, value]) => OUR_METADATA.has(key) && typeof value === 'string' && OUR_METADATA_VALUE.test(value),
    ),
  );
