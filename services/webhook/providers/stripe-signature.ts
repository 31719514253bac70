import { readSingleHeader } from '../domain/delivery';
import { checkSigningTime } from '../domain/signing-time';
import { parseStripeSignatureHeader } from '../domain/stripe-signature-header';
import type { SignatureVerifier } from '../ports';
import { matchHmac } from './match-hmac';

/**
 * Stripe's scheme: HMAC-SHA256 over `<t>.<body>` with the endpoint's secret, as bytes. (Stripe's own library decodes the
 * body first, so it refuses a body with a byte order mark that Stripe signed, and takes the same without.)
 *
 * @param secrets the endpoint's `whsec_…` secrets, at least one
 */
export const stripeSignatureVerifier =
  (secrets: readonly string[]): SignatureVerifier =>
  async ({ headers, body, receivedAt }) => {
    const header = parseStripeSignatureHeader(readSingleHeader(headers, 'stripe-signature'));
    // Before the hash: what is out of time is refused for nothing.
    checkSigningTime(header.timestamp, receivedAt);
    matchHmac(
      secrets,
      [`${header.timestampText}.`, body],
      header.signatures.map((signature) => Buffer.from(signature, 'hex')),
    );
  };
