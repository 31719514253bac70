import { AppError } from '#shared/errors/app-error';
import { UNIX_SECONDS } from './signing-time';

/** What a `Stripe-Signature` header says: `t=<unix seconds>,v1=<hex>[,v1=<hex>...]`. */
export interface StripeSignatureHeader {
  /** When this delivery attempt was signed, seconds since 1970. */
  readonly timestamp: number;
  /** The same as written, since that text is part of what is signed. */
  readonly timestampText: string;
  /** The candidates, each 64 lower-case hex digits. More than one while a secret is being rolled. */
  readonly signatures: readonly string[];
}

const HEX_SHA256 = /^[0-9a-f]{64}$/;

/**
 * Splits the header on `,` and each part on its first `=`. Schemes other than `v1` are ignored, as Stripe asks, so that
 * nobody can downgrade us; a second `t` is refused, since only one of them can have been signed.
 * Rules: https://docs.stripe.com/webhooks#verify-manually
 *
 * @throws AppError `webhook_signature_invalid`
 */
export const parseStripeSignatureHeader = (header: string): StripeSignatureHeader => {
  const timestamps: string[] = [];
  const signatures: string[] = [];
  for (const part of header.split(',')) {
    const at = part.indexOf('=');
    const scheme = part.slice(0, Math.max(at, 0));
    const value = part.slice(at + 1);
    if (scheme === 't') timestamps.push(value);
    else if (scheme === 'v1' && HEX_SHA256.test(value)) signatures.push(value);
  }
  const [timestampText] = timestamps;
  if (timestampText === undefined || timestamps.length !== 1 || !UNIX_SECONDS.test(timestampText)) {
    throw new AppError('webhook_signature_invalid', { detail: 'The signature header needs one t' });
  }
  if (signatures.length === 0) {
    throw new AppError('webhook_signature_invalid', { detail: 'The signature header holds no v1 signature' });
  }
  return { timestamp: Number(timestampText), timestampText, signatures };
};
