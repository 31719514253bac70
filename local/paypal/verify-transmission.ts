import { verify, X509Certificate } from 'node:crypto';
import { jsonMemberText } from './json-member-text';
import { PayPalError } from './paypal-error';
import { readObject } from './read-field';
import { signedText } from './sign-transmission';

export type TrustedCertificate = { url: string; certPem: string };

const required = [
  'auth_algo',
  'cert_url',
  'transmission_id',
  'transmission_sig',
  'transmission_time',
  'webhook_id',
] as const;

/**
 * POST /v1/notifications/verify-webhook-signature. Really verifies, over the event exactly as it stands in the
 * request text: a client that re-serialised it gets FAILURE, as with PayPal.
 * @returns whether the signature is by PayPal, for that webhook of ours, over that event
 */
export function verifyTransmission(
  requestText: string,
  trusted: TrustedCertificate,
  webhookIds: ReadonlySet<string>,
): boolean {
  const request = readObject(parse(requestText), '/');
  const [algorithm, certUrl, id, signature, time, webhookId] = required.map((key) => {
    const value = request[key];
    if (typeof value !== 'string')
      throw PayPalError.invalid('MISSING_REQUIRED_PARAMETER', { field: `/${key}` });
    return value;
  });
  const event = jsonMemberText(requestText, 'webhook_event');
  if (event === undefined)
    throw PayPalError.invalid('MISSING_REQUIRED_PARAMETER', { field: '/webhook_event' });
  if (id === undefined || time === undefined || webhookId === undefined || signature === undefined)
    return false;
  if (algorithm !== 'SHA256withRSA' || certUrl !== trusted.url || !webhookIds.has(webhookId)) return false;
  const text = Buffer.from(signedText({ id, time, webhookId }, Buffer.from(event, 'utf8')), 'utf8');
  const { publicKey } = new X509Certificate(trusted.certPem);
  return verify('RSA-SHA256', text, publicKey, Buffer.from(signature, 'base64'));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw PayPalError.invalid('MALFORMED_REQUEST_JSON');
  }
}
