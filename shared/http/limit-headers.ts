import type { LimitCount } from '#shared/http/rate-limiter';
import type { RateLimit } from '#shared/kernel/route';

/** One limit as it is enforced, and how far it is used; count null where this call was not counted against it. */
export interface LimitState {
  readonly per: RateLimit['per'];
  readonly limit: number;
  readonly windowMs: number;
  readonly count: LimitCount | null;
}

/**
 * `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10), structured fields (RFC 9651): every limit of the
 * route, `"per-user";q=20;w=60`, and what is left of those that were counted, `"per-user";r=19;t=52`. w and t in seconds. How
 * many tries an account has left is told only once there are none: it would tell strangers whether others are trying.
 */
export const limitHeaders = (states: readonly LimitState[]): Record<string, string> => {
  const counted = states.flatMap(({ per, count }) =>
    count === null || (per === 'account' && count.allowed)
      ? []
      : [`"per-${per}";r=${count.remaining};t=${inSeconds(count.resetMs)}`],
  );
  return {
    ...(states.length > 0 && {
      'ratelimit-policy': states
        .map(({ per, limit, windowMs }) => `"per-${per}";q=${limit};w=${inSeconds(windowMs)}`)
        .join(', '),
    }),
    ...(counted.length > 0 && { ratelimit: counted.join(', ') }),
  };
};

/** Rounded up: whoever waits that long has waited long enough. */
export const inSeconds = (ms: number): number => Math.max(1, Math.ceil(ms / 1_000));
