import { createHash } from 'node:crypto';

/** An RSA public key as two numbers. */
export interface RsaNumbers {
  readonly modulus: bigint;
  readonly exponent: bigint;
}

/** One value for each header, or several where it was repeated, by lower-case name. */
export type HeaderLists = Readonly<Record<string, readonly string[] | undefined>>;

/** CRC-32 one bit at a time (ISO 3309), with no table. */
const crc32 = (bytes: Uint8Array): number => {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
};

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Base64 with or without its padding; null for any other letter. */
const base64 = (text: string): Buffer | null => {
  let end = text.length;
  while (text[end - 1] === '=' && text.length - end < 2) end -= 1;
  if (end === 0 || end > 1000) return null;
  const bytes: number[] = [];
  let bits = 0;
  let held = 0;
  for (const letter of text.slice(0, end)) {
    const value = LETTERS.indexOf(letter);
    if (value < 0) return null;
    held = ((held << 6) | value) & 0x3fff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((held >> bits) & 0xff);
  }
  return Buffer.from(bytes);
};

const SHA256_INFO = '3031300d060960864801650304020105000420';

/** RSASSA-PKCS1-v1_5 as RFC 8017, 8.2.2 writes it: the padded digest is built and compared as a whole. */
const isSigned = (text: string, signature: Buffer, { modulus, exponent }: RsaNumbers): boolean => {
  const length = modulus.toString(16).length / 2;
  const number = BigInt(`0x${signature.toString('hex') || '0'}`);
  if (signature.length !== length || number >= modulus) return false;
  let power = 1n;
  for (const bit of exponent.toString(2)) {
    power = (power * power) % modulus;
    if (bit === '1') power = (power * number) % modulus;
  }
  const digest = SHA256_INFO + createHash('sha256').update(text).digest('hex');
  const padded = `0001${'ff'.repeat(length - 3 - digest.length / 2)}00${digest}`;
  return power.toString(16).padStart(length * 2, '0') === padded;
};

const number = (text: string): number => {
  for (const letter of text) if (letter < '0' || letter > '9') return Number.NaN;
  return text === '' ? Number.NaN : Number(text);
};

/** `2026-11-22T12:00:00[.123456789](Z|+01:00)` in milliseconds since 1970, cut letter by letter; NaN for anything else. */
const instant = (text: string): number => {
  const shape = [4, 7, 10, 13, 16].map((at) => text[at]).join('');
  if (shape !== '--T::') return Number.NaN;
  const fields = [text.slice(0, 4), ...[5, 8, 11, 14, 17].map((at) => text.slice(at, at + 2))];
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = fields.map((field, index) =>
    field.length === (index === 0 ? 4 : 2) ? number(field) : Number.NaN,
  );
  let at = 19;
  let fraction = '';
  if (text[at] === '.') {
    for (at += 1; !Number.isNaN(number(text[at] ?? '')); at += 1) fraction += text[at];
    if (fraction === '' || fraction.length > 9) return Number.NaN;
  }
  const inRange =
    month >= 1 && month <= 12 && day >= 1 && day <= 31 && hour <= 23 && minute <= 59 && second <= 59;
  if (!inRange) return Number.NaN;
  const utc = Date.UTC(
    year,
    month - 1,
    day,
    hour,
    minute,
    second,
    Number(fraction.padEnd(3, '0').slice(0, 3)),
  );
  return utc - zone(text.slice(at));
};

/** A zone's distance from UTC in milliseconds. */
const zone = (text: string): number => {
  if (text === 'Z') return 0;
  const [hours, minutes] = [number(text.slice(1, 3)), number(text.slice(4))];
  const isZone =
    text.length === 6 && '+-'.includes(text[0] ?? 'x') && text[3] === ':' && hours <= 23 && minutes <= 59;
  if (!isZone) return Number.NaN;
  return (text[0] === '-' ? -1 : 1) * (hours * 60 + minutes) * 60_000;
};

const isId = (text: string): boolean =>
  text.length >= 1 &&
  text.length <= 50 &&
  [...text].every(
    (letter) => letter === '-' || (LETTERS.indexOf(letter) >= 0 && letter !== '+' && letter !== '/'),
  );

/**
 * Whether PayPal's scheme accepts a delivery: five headers, once each, SHA256withRSA, a time at most four days old and five
 * minutes ahead, a certificate we know by its exact URL, and its signature over `<id>|<time>|<webhook id>|<crc32>`.
 *
 * @param now milliseconds since 1970
 */
export const payPalReference = (
  headers: HeaderLists,
  body: Uint8Array,
  {
    webhookId,
    keys,
    now,
  }: { readonly webhookId: string; readonly keys: ReadonlyMap<string, RsaNumbers>; readonly now: number },
): boolean => {
  const names = ['auth-algo', 'transmission-id', 'transmission-time', 'transmission-sig', 'cert-url'];
  const lists = names.map((name) => headers[`paypal-${name}`] ?? []);
  if (lists.some((list) => list.length !== 1)) return false;
  const [algorithm, id = '', time = '', signature = '', url = ''] = lists.map(([value = '']) => value);
  const age = now - instant(time);
  const key = keys.get(url);
  const bytes = base64(signature);
  if (algorithm !== 'SHA256withRSA' || !isId(id) || key === undefined || bytes === null) return false;
  if (!(age <= 4 * 86_400_000 && age >= -300_000)) return false;
  return isSigned(`${id}|${time}|${webhookId}|${crc32(body)}`, bytes, key);
};
