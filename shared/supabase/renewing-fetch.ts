import { oneAtATime } from '#shared/kernel/one-at-a-time';

/** An API key of a Supabase project. */
export interface ApiKey {
  readonly value: string;
  /** As configured now. */
  readonly newest: () => Promise<string>;
}

/** Milliseconds that a refusal of everything stands. */
const QUIET_MS = 5_000;

/**
 * `fetch` for supabase-js, whose clients are given their API key once. When the project refuses a key, the key is asked for
 * again, and the request is made again with what is configured now; from then on that one is sent in its place.
 */
export const renewingFetch = (keys: readonly ApiKey[], now: () => number = Date.now): typeof fetch => {
  const known = new Map(keys.map((key) => [key.value, renewable(key, now)]));
  return async (input, init) => {
    const given = new Headers(init?.headers);
    const key = known.get(given.get('apikey') ?? '');
    if (key === undefined) return fetch(input, init);
    const sent = key.current();
    const response = await fetch(input, { ...init, headers: withKey(given, sent) });
    if (!(await isRefusedKey(response)) || !(await key.renew(sent))) return response;
    return fetch(input, { ...init, headers: withKey(given, key.current()) });
  };
};

const renewable = ({ value, newest }: ApiKey, now: () => number) => {
  let current = value;
  let quietUntil = 0;
  const renew = oneAtATime(async () => {
    const found = await newest();
    if (found === current) quietUntil = now() + QUIET_MS;
    current = found;
  });
  return {
    current: () => current,
    /** Whether there is another one than was sent. */
    renew: async (sent: string): Promise<boolean> => {
      if (sent === current && now() >= quietUntil) await renew();
      return sent !== current;
    },
  };
};

/** supabase-js sends its key twice, the second time only where nobody is signed in. */
const withKey = (given: Headers, key: string): Headers => {
  const headers = new Headers(given);
  if (given.get('authorization') === `Bearer ${given.get('apikey')}`) {
    headers.set('authorization', `Bearer ${key}`);
  }
  headers.set('apikey', key);
  return headers;
};

/**
 * The gateway in front of a project refuses keys in words of its own; what Supabase Auth says of a user's token has a code
 * (supabase.com/docs/guides/auth/debugging/error-codes).
 */
const isRefusedKey = async (response: Response): Promise<boolean> => {
  if (response.status !== 401) return false;
  const body: unknown = await response
    .clone()
    .json()
    .catch(() => null);
  return !(typeof body === 'object' && body !== null && ('code' in body || 'error_code' in body));
};
