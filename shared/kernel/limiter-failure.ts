import type { Route } from '#shared/kernel/route';

/**
 * What a route does when calls cannot be counted. Where strangers could try their luck (public routes that change something:
 * sign-in, sign-up, recovery, codes from a mail) it refuses, because without counting they could try for ever. Where the
 * caller is known, or the route only reads, it goes on: a broken counter must not keep anybody from their payments. A route
 * may say otherwise.
 */
export const onLimiterFailure = (
  route: Pick<Route, 'auth' | 'method' | 'onLimiterFailure'>,
): 'refuse' | 'allow' =>
  route.onLimiterFailure ?? (route.auth === 'public' && route.method !== 'GET' ? 'refuse' : 'allow');
