import { timingSafeEqual } from 'node:crypto';
import { AppError } from '#shared/errors/app-error';
import type { Identity, IncomingRequest } from '#shared/http/request';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Cookies are sent by the browser whoever wrote the page, so a cookie request that changes something must come from an
 * origin we know and carry the session's CSRF token in `X-CSRF-Token`. Bearer credentials are never sent unasked.
 */
export const checkCsrf = (
  request: Pick<IncomingRequest, 'method' | 'headers'>,
  identity: Identity,
  allowedOrigins: readonly string[],
): void => {
  if (identity.via !== 'cookie' || SAFE_METHODS.has(request.method)) return;
  const origin = request.headers.origin;
  if (origin !== undefined && !allowedOrigins.includes(origin)) throw new AppError('csrf_invalid');
  const fetchSite = request.headers['sec-fetch-site'];
  if (fetchSite === 'cross-site' && origin === undefined) throw new AppError('csrf_invalid');
  if (!equal(request.headers['x-csrf-token'] ?? '', identity.csrfToken ?? ''))
    throw new AppError('csrf_invalid');
};

const equal = (given: string, expected: string): boolean => {
  const a = Buffer.from(given);
  const b = Buffer.from(expected);
  return b.length > 0 && a.length === b.length && timingSafeEqual(a, b);
};
