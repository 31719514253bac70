/**
 * What every answer carries. There are no pages here, so nothing may be framed, embedded, sniffed, cached or run. The
 * gateway's own answers carry the same, from lib/constructs/security-headers.ts.
 */
export const SECURITY_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=63072000; includeSubDomains; preload',
  'x-content-type-options': 'nosniff',
} as const;
