import { timingSafeEqual } from 'node:crypto';
import { AppError } from '#shared/errors/app-error';
import type { Identity, IncomingRequest } from '#shared/http/request';

type Headers = IncomingRequest['headers'];

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Cookies are sent by the browser whoever wrote the page, so a cookie request that changes something must come from an
 * origin we know and carry the session's CSRF token in `X-CSRF-Token`. Bearer credentials are never sent unasked.
 *
 * @throws AppError `csrf_invalid`
 */
export const checkCsrf = (
  request: Pick<IncomingRequest, 'method' | 'headers'>,
  identity: Identity,
  allowedOrigins: readonly string[],
): void => {
  if (identity.via !== 'cookie' || SAFE_METHODS.has(request.method)) return;
  checkOrigin(request.headers, allowedOrigins);
  checkCsrfToken(request.headers, identity.csrfToken);
};

/**
 * Refuses what a browser sends for a page of an origin we do not know. Pages cannot write these headers; clients that are
 * no browsers send none and pass.
 *
 * @throws AppError `csrf_invalid`
 */
export const checkOrigin = (headers: Headers, allowedOrigins: readonly string[]): void => {
  const { origin } = headers;
  const site = headers['sec-fetch-site'];
  if (site === 'same-origin') return;
  const known =
    origin === undefined ? site === undefined || site === 'none' : allowedOrigins.includes(origin);
  if (!known) throw new AppError('csrf_invalid', { detail: 'Pages of this origin may not call the API.' });
};

/** @throws AppError `csrf_invalid` unless `X-CSRF-Token` is the expected token; null expects what nobody can send. */
export const checkCsrfToken = (headers: Headers, expected: string | null): void => {
  if (!equal(headers['x-csrf-token'] ?? '', expected ?? '')) throw new AppError('csrf_invalid');
};

const equal = (given: string, expected: string): boolean => {
  const a = Buffer.from(given);
  const b = Buffer.from(expected);
  return b.length > 0 && a.length === b.length && timingSafeEqual(a, b);
};
