import { limitHeaders } from '#shared/http/limit-headers';
import type { LimitCheck, LimitCount } from '#shared/http/rate-limiter';
import { onLimiterFailure } from '#shared/kernel/limiter-failure';
import { makeAccountKeys } from '#shared/limits/account-keys';
import type { LimitStore } from '#shared/limits/limit-store';
import { makeLimiter } from '#shared/limits/make-limiter';

const check: LimitCheck = { key: 'user GET /api/things u', limit: 1, windowMs: 60_000 };
const refusal: LimitCount = { allowed: false, remaining: 0, resetMs: 20_000 };

describe('a limiter', () => {
  const start = (answer: LimitCount) => {
    const asked: string[] = [];
    const clock = { now: 1_000 };
    const store: LimitStore = {
      take: async ({ key }) => {
        asked.push(key);
        return answer;
      },
      giveBack: async () => undefined,
      holdsSessions: false,
    };
    return {
      asked,
      clock,
      limiter: makeLimiter({ store, factor: 3, now: () => clock.now, onFailure: fail }),
    };
  };
  const fail = (error: unknown) => {
    throw error;
  };

  test('asks the store about every call that may go on', async () => {
    const { asked, limiter } = start({ allowed: true, remaining: 5, resetMs: 1 });
    for (let times = 0; times < 3; times += 1) await limiter.take(check);
    expect(asked).toHaveLength(3);
  });

  test('refuses from memory for five seconds what the store has refused, and counts the time down', async () => {
    const { asked, clock, limiter } = start(refusal);
    expect(await limiter.take(check)).toEqual(refusal);
    clock.now += 4_999;
    expect(await limiter.take(check)).toEqual({ ...refusal, resetMs: 15_001 });
    expect(asked).toHaveLength(1);
    clock.now += 1;
    await limiter.take(check);
    await limiter.take({ ...check, key: 'another' });
    expect(asked).toEqual([check.key, check.key, 'another']);
  });

  test('does not outlast the refusal, and forgets it with a call taken back', async () => {
    const { asked, clock, limiter } = start({ ...refusal, resetMs: 100 });
    await limiter.take(check);
    clock.now += 100;
    await limiter.take(check);
    expect(asked).toHaveLength(2);
    await limiter.giveBack(check);
    await limiter.take(check);
    expect(asked).toHaveLength(3);
  });

  test('multiplies limits and leaves windows', () => {
    const { limiter } = start(refusal);
    expect(limiter.scale({ per: 'user', limit: 20, windowSeconds: 60 })).toEqual({
      limit: 60,
      windowMs: 60_000,
    });
  });
});

test('headers are structured fields: every policy, and what is left where it was counted', () => {
  const state = { limit: 20, windowMs: 60_000, count: { allowed: true, remaining: 19, resetMs: 51_001 } };
  expect(limitHeaders([{ per: 'user', ...state }])).toEqual({
    'ratelimit-policy': '"per-user";q=20;w=60',
    ratelimit: '"per-user";r=19;t=52',
  });
  const account = { per: 'account', limit: 10, windowMs: 900_000 } as const;
  const both = '"per-address";q=20;w=60, "per-account";q=10;w=900';
  expect(
    limitHeaders([
      { per: 'address', ...state },
      { ...account, count: null },
    ]),
  ).toEqual({
    'ratelimit-policy': both,
    ratelimit: '"per-address";r=19;t=52',
  });
  // What an account has left is told when it is nothing.
  expect(
    limitHeaders([
      { per: 'address', ...state },
      { ...account, count: state.count },
    ]).ratelimit,
  ).toBe('"per-address";r=19;t=52');
  expect(
    limitHeaders([
      { per: 'address', ...state },
      { ...account, count: refusal },
    ]).ratelimit,
  ).toBe('"per-address";r=19;t=52, "per-account";r=0;t=20');
  expect(limitHeaders([])).toEqual({});
});

test('without counting, strangers may change nothing, and whoever is known may go on', () => {
  expect(onLimiterFailure({ auth: 'public', method: 'POST' })).toBe('refuse');
  expect(onLimiterFailure({ auth: 'public', method: 'GET' })).toBe('allow');
  expect(onLimiterFailure({ auth: 'user', method: 'POST' })).toBe('allow');
  expect(onLimiterFailure({ auth: 'user', method: 'POST', onLimiterFailure: 'refuse' })).toBe('refuse');
});

describe('account keys', () => {
  const [first, second] = ['first-key-of-thirty-two-characters', 'second-key-of-thirty-two-character'];
  const none: ReadonlyMap<string, string> = new Map();
  const carry = (setCookie: string): ReadonlyMap<string, string> => {
    const [name = '', value = ''] = (setCookie.split(';')[0] ?? '').split('=');
    return new Map([[name, value]]);
  };

  test('are the same for every spelling of an address and tell nothing of it', () => {
    const { accountOf } = makeAccountKeys([first]);
    expect(accountOf('Ada@Example.test', none)).toBe(accountOf('ada@example.test', none));
    expect(accountOf('ada@example.test', none)).toMatch(/^account [\w-]{32}$/);
    expect(accountOf('ada@example.test', none)).not.toBe(
      makeAccountKeys([second]).accountOf('ada@example.test', none),
    );
  });

  test('a device that was marked by an older key stays known while that is still believed', () => {
    const device = carry(makeAccountKeys([first]).rememberDevice('ada@example.test', none));
    const whoAt = (keys: [string, ...string[]]) =>
      makeAccountKeys(keys).accountOf('Ada@example.test', device);
    expect(whoAt([first])).toMatch(/^device /);
    expect(whoAt([second, first])).toMatch(/^device /);
    expect(whoAt([second])).toMatch(/^account /);
  });
});
