import type { WebHandler } from './serve-web';

/**
 * Lets requests that refresh with the same token pass one after the other. Supabase Auth locks the token's row; Lite reads
 * and writes without a lock, so that parallel refreshes branch into sessions of their own or are taken for theft.
 */
export function serialiseRefreshes(next: WebHandler): WebHandler {
  const tails = new Map<string, Promise<unknown>>();
  return async (request, peerAddress) => {
    if (!isRefresh(request)) return next(request, peerAddress);
    const key = await request.clone().text();
    const before = tails.get(key) ?? Promise.resolve();
    const answer = before.then(() => next(request, peerAddress));
    const tail = answer.catch(() => undefined);
    tails.set(key, tail);
    void tail.then(() => {
      if (tails.get(key) === tail) tails.delete(key);
    });
    return answer;
  };
}

function isRefresh({ method, url }: Request): boolean {
  const { pathname, searchParams } = new URL(url);
  return (
    method === 'POST' &&
    pathname.endsWith('/auth/v1/token') &&
    searchParams.get('grant_type') === 'refresh_token'
  );
}
