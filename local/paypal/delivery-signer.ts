import { createPrivateKey, randomUUID } from 'node:crypto';
import type { SignDelivery, SignInput } from '../doubles/delivery-types';
import type { Pki } from './pki';
import { signTransmission } from './sign-transmission';
import { isoSeconds } from './world';

export type TransmissionHeaders = Record<string, string>;

/** How one attempt departs from the truth; used for one event id, see `disguise`. */
export type Disguise = {
  /** Sign with this key, and say the certificate is there. */
  keyPem?: string;
  certUrl?: string;
  authAlgo?: string;
  webhookId?: string;
  /** Send these instead of signing at all (a captured signature, or none). */
  headers?: TransmissionHeaders;
};

export type DeliverySigner = {
  sign: SignDelivery;
  /** The headers of the last genuine attempt of an event: what an eavesdropper would hold. */
  captured(eventId: string): TransmissionHeaders | undefined;
  /** Signs the event that goes by this id as `how` says. */
  disguise(eventId: string, how: Disguise): void;
};

/** Enough for tests that replay; a long run does not eat the memory. */
const mostCaptured = 1_000;

/**
 * Signs deliveries as PayPal does. Every attempt is a transmission of its own, with a new id and time (PayPal does
 * not document which it is for retries). Times are real, not virtual: the receiver compares them with its clock.
 */
export function createDeliverySigner(pki: Pki, certUrl: () => string): DeliverySigner {
  const key = createPrivateKey(pki.leaf.keyPem);
  const capturedHeaders = new Map<string, TransmissionHeaders>();
  const disguises = new Map<string, Disguise>();

  function sign(input: SignInput): TransmissionHeaders {
    const how = disguises.get(input.event.id);
    if (how?.headers !== undefined) return how.headers;
    const headers = makeHeaders(input, how ?? {});
    if (how === undefined && !input.badSignature) {
      capturedHeaders.delete(input.event.id);
      capturedHeaders.set(input.event.id, headers);
      const [oldest] = capturedHeaders.keys();
      if (capturedHeaders.size > mostCaptured && oldest !== undefined) capturedHeaders.delete(oldest);
    }
    return headers;
  }

  function makeHeaders(input: SignInput, how: Disguise): TransmissionHeaders {
    const id = randomUUID();
    const time = isoSeconds(input.attemptTimeMs);
    const webhookId = how.webhookId ?? input.endpoint.id;
    const signature = signTransmission({ id, time, webhookId }, input.rawBody, how.keyPem ?? key);
    return {
      'content-type': 'application/json',
      'user-agent': 'PayPal/AUHD-214.0-58843484',
      'correlation-id': id.slice(0, 13).replace('-', ''),
      'paypal-auth-version': 'v2',
      'PAYPAL-TRANSMISSION-ID': id,
      'PAYPAL-TRANSMISSION-TIME': time,
      'PAYPAL-TRANSMISSION-SIG': input.badSignature ? spoil(signature) : signature,
      'PAYPAL-CERT-URL': how.certUrl ?? certUrl(),
      'PAYPAL-AUTH-ALGO': how.authAlgo ?? 'SHA256withRSA',
    };
  }

  return {
    sign,
    captured: (eventId) => capturedHeaders.get(eventId),
    disguise(eventId, how) {
      disguises.set(eventId, how);
    },
  };
}

/** Valid base64 of the right length, but no signature of anything: one bit differs. */
function spoil(signature: string): string {
  const bytes = Buffer.from(signature, 'base64');
  bytes[0] = (bytes[0] ?? 0) ^ 1;
  return bytes.toString('base64');
}
