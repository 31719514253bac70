import type { WebHandler } from './serve-web';

/** Of a project's Auth, for pages that count accounts, follow pages of them, or look at the version of the API. */
const EXPOSED = 'X-Total-Count, Link, X-Supabase-Api-Version';

const METHODS = 'GET, HEAD, PUT, PATCH, POST, DELETE, OPTIONS';
const PREFLIGHT_SECONDS = 3_600;

/**
 * Lets pages of every origin call, as a Supabase project does: what they may do is up to their token, and there are no cookies.
 * Lite leaves the header that says so out of Auth's answers, refuses preflights of functions, and names no Authorization in
 * those that it answers; a `*` there does not stand for that one (Fetch Standard, CORS-preflight fetch).
 */
export function allowPages(next: WebHandler): WebHandler {
  return async (request, peerAddress) => {
    if (request.headers.get('origin') === null) return next(request, peerAddress);
    if (request.method === 'OPTIONS' && request.headers.has('access-control-request-method')) {
      return new Response(null, { status: 204, headers: allowedFor(request) });
    }
    const answer = await next(request, peerAddress);
    if (answer.headers.has('access-control-allow-origin')) return answer;
    const headers = new Headers(answer.headers);
    headers.set('access-control-allow-origin', '*');
    headers.set('access-control-expose-headers', EXPOSED);
    const { status, statusText } = answer;
    return new Response(answer.body, { status, statusText, headers });
  };
}

/** Whatever the page asks for. */
const allowedFor = ({ headers }: Request): Record<string, string> => ({
  'access-control-allow-origin': '*',
  'access-control-allow-methods': METHODS,
  'access-control-allow-headers': headers.get('access-control-request-headers') ?? '',
  'access-control-max-age': String(PREFLIGHT_SECONDS),
});
