import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { hostCookie } from '#shared/identity/session-cookie';

/**
 * Device cookies (OWASP, "Slow down online guessing attacks with device cookies"). A browser in which the owner of an account
 * has signed in keeps a mark that nobody else can make. Guesses of strangers share one count for each account; a device with
 * the account's mark has a count of its own, so that no stranger can use up the owner's.
 */
export const DEVICE_COOKIE = '__Host-tandem_device';

/** Seconds; renewed by every sign-in. */
const COOKIE_LIFE = 180 * 86_400;

/** Accounts that one browser is remembered for, the last used first. */
const MAX_MARKS = 5;

const COOKIE = /^[\w-]{22}(?:\.[\w-]{22}){1,5}$/;

export interface AccountKeys {
  /** Who is counted for an address: the account, or the account on this device. Keyed hashes, so nobody reads an address. */
  readonly accountOf: (email: string, cookies: ReadonlyMap<string, string>) => string;
  /** The `Set-Cookie` value that makes a browser known for the account; the others it is known for stay. */
  readonly rememberDevice: (email: string, cookies: ReadonlyMap<string, string>) => string;
}

/** @param keys secrets of at least 32 characters; the first makes marks and hashes, the others are still believed */
export const makeAccountKeys = (keys: readonly [string, ...string[]]): AccountKeys => {
  const read = (cookies: ReadonlyMap<string, string>): readonly string[] => {
    const cookie = cookies.get(DEVICE_COOKIE) ?? '';
    return COOKIE.test(cookie) ? cookie.split('.') : [];
  };
  const isKnown = (email: string, device: string, marks: readonly string[]): boolean =>
    keys.some((key) => marks.some((mark) => equal(mark, markOf(key, device, email))));

  return {
    accountOf: (address, cookies) => {
      const email = address.toLowerCase();
      const [device, ...marks] = read(cookies);
      const [key] = keys;
      return device !== undefined && isKnown(email, device, marks)
        ? `device ${hash(key, 'device', device, email)}`
        : `account ${hash(key, 'account', email)}`;
    },
    rememberDevice: (address, cookies) => {
      const email = address.toLowerCase();
      const [known, ...marks] = read(cookies);
      const device = known ?? randomBytes(16).toString('base64url');
      const mark = markOf(keys[0], device, email);
      const others = marks.filter((other) => other !== mark).slice(0, MAX_MARKS - 1);
      return hostCookie(DEVICE_COOKIE, [device, mark, ...others].join('.'), COOKIE_LIFE);
    },
  };
};

const markOf = (key: string, device: string, email: string): string =>
  hash(key, 'mark', device, email).slice(0, 22);

/** 192 bits of HMAC-SHA256, base64url, over parts that hold no zero byte. */
const hash = (key: string, ...parts: readonly string[]): string =>
  createHmac('sha256', key).update(parts.join('\0')).digest().subarray(0, 24).toString('base64url');

const equal = (given: string, expected: string): boolean =>
  given.length === expected.length && timingSafeEqual(Buffer.from(given), Buffer.from(expected));
