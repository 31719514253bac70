import { AppError } from '#shared/errors/app-error';
import { type Delivery, readSingleHeader } from './delivery';
import { UNIX_SECONDS } from './signing-time';

/** What the three headers of a Standard Webhook say. */
export interface StandardSignatureHeaders {
  readonly id: string;
  /** When this attempt was signed, seconds since 1970. */
  readonly timestamp: number;
  /** The same as written, since that text is part of what is signed. */
  readonly timestampText: string;
  /** The candidates, base64 of 32 bytes each. More than one while a secret is being rolled. */
  readonly signatures: readonly string[];
}

const V1_SIGNATURE = /^v1,([A-Za-z0-9+/]{43}=)$/;

/**
 * Reads `webhook-id`, `webhook-timestamp` and `webhook-signature`, which is a list of `<version>,<signature>` parted by
 * spaces. Versions other than `v1` are ignored, so that nobody can downgrade us.
 * Rules: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 *
 * @throws AppError `webhook_signature_invalid`
 */
export const readStandardSignatureHeaders = (headers: Delivery['headers']): StandardSignatureHeaders => {
  const id = readSingleHeader(headers, 'webhook-id');
  const timestampText = readSingleHeader(headers, 'webhook-timestamp');
  const signatures = readSingleHeader(headers, 'webhook-signature')
    .split(' ')
    .flatMap((part) => V1_SIGNATURE.exec(part)?.[1] ?? []);
  if (!UNIX_SECONDS.test(timestampText) || signatures.length === 0) {
    throw new AppError('webhook_signature_invalid');
  }
  return { id, timestamp: Number(timestampText), timestampText, signatures };
};
