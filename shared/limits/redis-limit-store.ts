import type { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { LimitCheck, LimitCount } from '#shared/http/rate-limiter';
import type { LimitStore } from '#shared/limits/limit-store';

/** Milliseconds: a counter that takes longer is worth less than the answer it delays. */
const TIMEOUT_MS = 500;

/**
 * The same windows as private.take_from_limit: eleven slots of a tenth of the window, in a hash. In place of the library's
 * own script, whose windows start with their first call and so let twice the limit through around their ends. Its arguments:
 * points (1 counts, -1 takes back the newest), the window in seconds, the limit. Its answer: points used, with one more than
 * the limit for a call that was refused; milliseconds until the oldest leave.
 */
const SLIDING_WINDOW = `
local slot_ms, limit, change = ARGV[2] * 100, tonumber(ARGV[3]), tonumber(ARGV[1])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local slot = math.floor(now / slot_ms)
local total, oldest, newest = 0, slot, nil
local kept = redis.call('HGETALL', KEYS[1])
for i = 1, #kept, 2 do
  local at, calls = tonumber(kept[i]), tonumber(kept[i + 1])
  if at < slot - 10 then
    redis.call('HDEL', KEYS[1], kept[i])
  else
    total = total + calls
    oldest = math.min(oldest, at)
    newest = math.max(newest or at, at)
  end
end
if change > 0 and total < limit then
  redis.call('HINCRBY', KEYS[1], slot, 1)
  redis.call('PEXPIRE', KEYS[1], 11 * slot_ms)
  total = total + 1
elseif change > 0 then
  total = limit + 1
elseif newest and redis.call('HINCRBY', KEYS[1], newest, -1) <= 0 then
  redis.call('HDEL', KEYS[1], newest)
end
return { total, (oldest + 11) * slot_ms - now }
`;

/**
 * Counts in Valkey or Redis by `rate-limiter-flexible`: one script call, so one round trip, for each count. Client and library
 * weigh more than all the rest of a function, so they are loaded here and not before.
 */
export const openRedisLimitStore = async (
  url: string,
): Promise<LimitStore & { readonly close: () => void }> => {
  const { Redis } = await import('ioredis');
  const library = await import('rate-limiter-flexible');
  const client = new Redis(url, {
    connectTimeout: TIMEOUT_MS,
    commandTimeout: TIMEOUT_MS,
    disconnectTimeout: TIMEOUT_MS,
    maxRetriesPerRequest: 1,
    enableReadyCheck: false,
  });
  // Every command that fails says so itself; without a listener the client writes to the console.
  client.on('error', () => undefined);

  const limiters = new Map<string, RateLimiterRedis>();
  const limiterFor = ({ limit, windowMs }: LimitCheck): RateLimiterRedis => {
    const id = `${limit}/${windowMs}`;
    const known = limiters.get(id);
    if (known !== undefined) return known;
    const made = new library.RateLimiterRedis({
      storeClient: client,
      keyPrefix: 'tandem limits',
      points: limit,
      duration: windowMs / 1_000,
      customIncrTtlLuaScript: SLIDING_WINDOW,
    });
    limiters.set(id, made);
    return made;
  };

  return {
    take: async (check) => {
      try {
        return countOf(await limiterFor(check).consume(check.key), true);
      } catch (refusal) {
        if (refusal instanceof library.RateLimiterRes) return countOf(refusal, false);
        throw refusal;
      }
    },
    giveBack: async (check) => {
      await limiterFor(check).reward(check.key);
    },
    holdsSessions: false,
    close: () => client.disconnect(),
  };
};

const countOf = ({ remainingPoints, msBeforeNext }: RateLimiterRes, allowed: boolean): LimitCount => ({
  allowed,
  remaining: remainingPoints,
  resetMs: msBeforeNext,
});
