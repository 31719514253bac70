import { createHmac, timingSafeEqual } from 'node:crypto';
import { AppError } from '#shared/errors/app-error';
import { readSingleHeader } from '../domain/delivery';
import { checkStripeTimestamp, parseStripeSignatureHeader } from '../domain/stripe-signature-header';
import type { SignatureVerifier } from '../ports';

/**
 * Stripe's scheme: HMAC-SHA256 over `<t>.<body>` with the endpoint's secret, as bytes. (Stripe's own library decodes the
 * body first, so it refuses a body with a byte order mark that Stripe signed, and takes the same without.)
 *
 * All secrets are tried against all signatures, in constant time: while a secret is rolled Stripe signs with both, and we
 * may hold both, so neither side has to change first.
 *
 * @param secrets the endpoint's `whsec_…` secrets, at least one
 */
export const stripeSignatureVerifier =
  (secrets: readonly string[]): SignatureVerifier =>
  async ({ headers, body, receivedAt }) => {
    const header = parseStripeSignatureHeader(readSingleHeader(headers, 'stripe-signature'));
    // Before the hash: what is out of time is refused for nothing.
    checkStripeTimestamp(header, receivedAt);
    const candidates = header.signatures.map((signature) => Buffer.from(signature, 'hex'));
    let matched = false;
    for (const secret of secrets) {
      const expected = createHmac('sha256', secret).update(`${header.timestampText}.`).update(body).digest();
      for (const candidate of candidates) {
        if (timingSafeEqual(expected, candidate)) matched = true;
      }
    }
    if (!matched) throw new AppError('webhook_signature_invalid');
  };
