import { AppError } from '#shared/errors/app-error';
import { crc32 } from './crc32';
import { type Delivery, readSingleHeader } from './delivery';

/** What the headers of a PayPal webhook say about its signature. */
export interface PayPalTransmission {
  readonly id: string;
  /** When PayPal sent it, as written: that text is part of what is signed. */
  readonly timeText: string;
  /** The same in milliseconds since 1970. */
  readonly time: number;
  /** RSA signature, base64. */
  readonly signature: string;
  /** Where the signer's certificate is said to be. Not to be opened before it is checked. */
  readonly certUrl: string;
}

const TRANSMISSION_ID = /^[A-Za-z0-9-]{1,50}$/;
const RFC_3339 =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-][0-2]\d:[0-5]\d)$/;
const BASE64 = /^[A-Za-z0-9+/]{1,1000}={0,2}$/;
/** The only algorithm PayPal uses. Taking it from the header would let an attacker choose SHA-1. */
const ALGORITHM = 'SHA256withRSA';

const invalid = (detail: string): AppError => new AppError('webhook_signature_invalid', { detail });

/**
 * Reads the five `PAYPAL-*` headers. Limits are those of the schema `verify_webhook_signature` in PayPal's API
 * specification (webhooks v1).
 *
 * @throws AppError `webhook_signature_invalid`
 */
export const readPayPalTransmission = (headers: Delivery['headers']): PayPalTransmission => {
  if (readSingleHeader(headers, 'paypal-auth-algo') !== ALGORITHM) {
    throw invalid(`The signature algorithm must be ${ALGORITHM}`);
  }
  const id = readSingleHeader(headers, 'paypal-transmission-id');
  const timeText = readSingleHeader(headers, 'paypal-transmission-time');
  const signature = readSingleHeader(headers, 'paypal-transmission-sig');
  const certUrl = readSingleHeader(headers, 'paypal-cert-url');
  const time = RFC_3339.test(timeText) ? Date.parse(timeText) : Number.NaN;
  if (!TRANSMISSION_ID.test(id)) throw invalid('The transmission id is not one');
  if (Number.isNaN(time)) throw invalid('The transmission time is not a time');
  if (!BASE64.test(signature)) throw invalid('The signature is not base64');
  return { id, timeText, time, signature, certUrl };
};

const MAX_AGE_MS = 4 * 24 * 3600 * 1000;
const MAX_AHEAD_MS = 5 * 60 * 1000;

/**
 * Refuses transmissions older than 4 days or more than 5 minutes ahead. PayPal retries for 3 days and does not say whether
 * a retry is signed anew, so a narrower window could lose honest ones.
 *
 * @throws AppError `webhook_timestamp_out_of_tolerance`
 */
export const checkPayPalTime = ({ time }: PayPalTransmission, receivedAt: number): void => {
  if (receivedAt - time > MAX_AGE_MS || time - receivedAt > MAX_AHEAD_MS) {
    throw new AppError('webhook_timestamp_out_of_tolerance');
  }
};

/**
 * The text PayPal signs. The webhook id is the one of our registration, from configuration: a request that could name it
 * could bring another merchant's signature. Source: PayPal-Java-SDK, `Event.validateReceivedEvent`.
 */
export const payPalSignedText = (
  { id, timeText }: PayPalTransmission,
  webhookId: string,
  body: Uint8Array,
): string => `${id}|${timeText}|${webhookId}|${crc32(body)}`;
