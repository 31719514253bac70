import { AppError } from '#shared/errors/app-error';
import type { ProviderMode } from '#shared/kernel/provider-mode';

/** Where PayPal serves its signing certificates, by mode. It publishes no such list; these are its API hosts. */
export const PAYPAL_CERT_ORIGINS: Readonly<Record<ProviderMode, readonly string[]>> = {
  live: ['https://api.paypal.com', 'https://api-m.paypal.com'],
  test: ['https://api.sandbox.paypal.com', 'https://api-m.sandbox.paypal.com'],
};

const MAX_LENGTH = 500;
const CERT_PATH = /^\/v1\/notifications\/certs\/CERT-[A-Za-z0-9-]+$/;

/**
 * Whether we may open a connection to a URL that an unverified request names. The text itself is compared, character by
 * character, with origins from our configuration: no URL parser stands between what is checked and what is fetched, so
 * user info, ports, queries, fragments, look-alike hosts and path tricks have nowhere to hide.
 *
 * @param allowedOrigins such as `https://api.paypal.com`: scheme, host and, if not the default, port
 * @throws AppError `webhook_signature_invalid`
 */
export const checkPayPalCertUrl = (url: string, allowedOrigins: readonly string[]): string => {
  const allowed =
    url.length <= MAX_LENGTH &&
    allowedOrigins.some((origin) => url.startsWith(origin) && CERT_PATH.test(url.slice(origin.length)));
  if (!allowed) {
    throw new AppError('webhook_signature_invalid', { detail: 'The certificate is not from PayPal' });
  }
  return url;
};
