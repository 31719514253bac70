import { constants, type KeyObject, verify } from 'node:crypto';
import { AppError } from '#shared/errors/app-error';
import { checkPayPalCertUrl } from '../domain/paypal-cert-url';
import { checkPayPalTime, payPalSignedText, readPayPalTransmission } from '../domain/paypal-transmission';
import type { SignatureVerifier } from '../ports';

/**
 * The key of PayPal's signing certificate at an allowed URL.
 *
 * @throws AppError `webhook_verification_unavailable` when it cannot be had now, `webhook_signature_invalid` when what is
 * there is not a certificate of PayPal's.
 */
export type SigningKeys = (certUrl: string) => Promise<KeyObject>;

export interface PayPalSignatureOptions {
  /** The ids of our webhook registrations, from PayPal's dashboard: one, or two while deliveries move to another. */
  readonly webhookIds: readonly string[];
  /** Where certificates may be fetched from. */
  readonly certOrigins: readonly string[];
  readonly signingKeys: SigningKeys;
}

/**
 * Verifies a PayPal webhook without asking PayPal: RSA-SHA256 (PKCS #1 v1.5) over
 * `<transmission id>|<time>|<our webhook id>|<crc32 of the body>`. Everything that costs nothing is checked first; no
 * connection is opened for a URL outside the list.
 */
export const payPalSignatureVerifier =
  ({ webhookIds, certOrigins, signingKeys }: PayPalSignatureOptions): SignatureVerifier =>
  async ({ headers, body, receivedAt }) => {
    const transmission = readPayPalTransmission(headers);
    checkPayPalTime(transmission, receivedAt);
    const key = await signingKeys(checkPayPalCertUrl(transmission.certUrl, certOrigins));
    const signature = Buffer.from(transmission.signature, 'base64');
    const isSignedFor = (webhookId: string): boolean =>
      verify(
        'sha256',
        Buffer.from(payPalSignedText(transmission, webhookId, body)),
        { key, padding: constants.RSA_PKCS1_PADDING },
        signature,
      );
    if (!webhookIds.some(isSignedFor)) throw new AppError('webhook_signature_invalid');
  };
