import { AppError, isAppError } from '#shared/errors/app-error';
import { addressPrefix } from '#shared/http/address-prefix';
import { inSeconds, type LimitState, limitHeaders } from '#shared/http/limit-headers';
import type { LimitCheck, LimitCount, RateLimiter } from '#shared/http/rate-limiter';
import type { IncomingRequest } from '#shared/http/request';
import { onLimiterFailure } from '#shared/kernel/limiter-failure';
import type { RateLimit, Route } from '#shared/kernel/route';

/** The limits of one call, each asked about at its moment. All but `settle` throw `rate_limited`, `limiter_unavailable`. */
export interface CallLimits {
  /** First of all: nothing of the request has been looked at but where it came from. */
  readonly countAddress: () => Promise<void>;
  /** The check that the session check may count itself, its key without the user's id; null where it must not. */
  readonly withSession: LimitCheck | null;
  /** `counted`: what the session check has counted already; null if it failed to. */
  readonly countUser: (userId: string, counted?: LimitCount | null) => Promise<void>;
  /** After validation: the account that the body names. */
  readonly countAccount: (body: unknown) => Promise<void>;
  /**
   * After the handler: takes back what counts failures only, unless it failed for the caller's fault. A try that nobody has
   * judged, because the identity provider was away, must not be one of an account's ten.
   */
  readonly settle: (error?: unknown) => Promise<void>;
}

/** Tells `note` the headers that the answer must carry, whatever it will be. */
type LimitCall = (
  route: Route,
  request: Pick<IncomingRequest, 'sourceIp' | 'cookies'>,
  note: (headers: Record<string, string>) => void,
) => CallLimits;

/** Enforces the limits of a contract. Given to the dispatcher, so that a function without limits carries nothing of it. */
export interface CallLimiter {
  readonly limitCall: LimitCall;
  /** Whether it can count for accounts that a body names. */
  readonly countsAccounts: boolean;
}

export const callLimiter = (limiter: RateLimiter): CallLimiter => ({
  limitCall: (...call) => limitCall(limiter, ...call),
  countsAccounts: limiter.accountOf !== undefined,
});

const limitCall = (limiter: RateLimiter, ...[route, request, note]: Parameters<LimitCall>): CallLimits => {
  const states = new Map<RateLimit, LimitState>(
    route.rateLimits.map((declared) => [
      declared,
      { per: declared.per, ...limiter.scale(declared), count: null },
    ]),
  );
  const counted: { readonly declared: RateLimit; readonly check: LimitCheck }[] = [];
  note(limitHeaders([...states.values()]));

  const keep = (declared: RateLimit, state: LimitState, count: LimitCount): void => {
    states.set(declared, { ...state, count });
    note(limitHeaders([...states.values()]));
    if (!count.allowed) {
      throw new AppError('rate_limited', { headers: { 'retry-after': String(inSeconds(count.resetMs)) } });
    }
  };

  const ask = async (check: LimitCheck): Promise<LimitCount | null> => {
    try {
      return await limiter.take(check);
    } catch (error) {
      limiter.onFailure(error);
      return null;
    }
  };

  const count = async (
    per: RateLimit['per'],
    whom: () => string,
    known?: LimitCount | null,
  ): Promise<void> => {
    for (const [declared, state] of states) {
      if (declared.per !== per) continue;
      const check = { ...state, key: `${keyOf(per, route)}${whom()}` };
      const result = known === undefined ? await ask(check) : known;
      if (known === null) limiter.onFailure(new Error('the session check could not count'));
      if (result === null) {
        if (onLimiterFailure(route) === 'refuse') throw new AppError('limiter_unavailable');
        continue;
      }
      keep(declared, state, result);
      counted.push({ declared, check });
    }
  };

  const ofUser = [...states.values()].find(({ per }) => per === 'user');
  return {
    countAddress: () => count('address', () => addressPrefix(request.sourceIp)),
    withSession:
      ofUser === undefined || !limiter.countsWithSessions
        ? null
        : { key: keyOf('user', route), limit: ofUser.limit, windowMs: ofUser.windowMs },
    countUser: (userId, known) => count('user', () => userId, known),
    countAccount: async (body) => {
      const email = emailOf(body);
      if (email !== null) await count('account', () => limiter.accountOf?.(email, request.cookies) ?? '');
    },
    settle: async (error) => {
      if (error !== undefined && !isOurTrouble(error)) return;
      for (const { declared, check } of counted) {
        if (declared.counts !== 'failures') continue;
        await limiter.giveBack(check).catch(limiter.onFailure);
      }
    },
  };
};

/** What says nothing about the caller; `rate_limited` by a handler is the identity provider's word to all of us. */
const isOurTrouble = (error: unknown): boolean =>
  !isAppError(error) || error.status >= 500 || error.code === 'rate_limited';

const keyOf = (per: RateLimit['per'], { method, path }: Route): string => `${per} ${method} ${path} `;

/** The account a body names, if it does: verifying by a link names none. */
const emailOf = (body: unknown): string | null =>
  typeof body === 'object' && body !== null && 'email' in body && typeof body.email === 'string'
    ? body.email
    : null;
