import { createHash } from 'node:crypto';

const sha256 = (...parts: readonly Uint8Array[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/** HMAC-SHA256 written out (RFC 2104), so that it shares nothing with the product's but the hash. */
const hmac = (key: Uint8Array, message: Uint8Array): Buffer => {
  const block = Buffer.alloc(64);
  block.set(key.length > 64 ? sha256(key) : key);
  const pad = (byte: number): Buffer => Buffer.from(block.map((value) => value ^ byte));
  return sha256(pad(0x5c), sha256(pad(0x36), message));
};

const COMMA = 0x2c;
const EQUALS = 0x3d;

/** Splits bytes at each `mark`. */
const split = (bytes: Uint8Array, mark: number): readonly Uint8Array[] => {
  const parts: Uint8Array[] = [];
  let from = 0;
  for (let at = 0; at <= bytes.length; at += 1) {
    if (at !== bytes.length && bytes[at] !== mark) continue;
    parts.push(bytes.subarray(from, at));
    from = at + 1;
  }
  return parts;
};

const isText = (bytes: Uint8Array, text: string): boolean => Buffer.compare(bytes, Buffer.from(text)) === 0;

/** Digits only, no leading zero, at most twelve; NaN otherwise. */
const seconds = (bytes: Uint8Array): number => {
  if (bytes.length === 0 || bytes.length > 12 || bytes[0] === 0x30) return Number.NaN;
  return bytes.reduce(
    (total, byte) => (byte < 0x30 || byte > 0x39 ? Number.NaN : total * 10 + byte - 0x30),
    0,
  );
};

/**
 * Whether Stripe's scheme accepts a delivery, decided byte by byte: one header, one `t` within 300 s, and a `v1` that is the
 * lower-case hex HMAC of `<t>.<body>` under one of the secrets. Written from https://docs.stripe.com/webhooks#verify-manually.
 *
 * @param now seconds since 1970
 */
export const stripeReference = (
  headers: readonly string[],
  body: Uint8Array,
  secrets: readonly string[],
  now: number,
): boolean => {
  if (headers.length !== 1) return false;
  const parts = split(Buffer.from(headers[0] ?? ''), COMMA).flatMap((part) => {
    const at = part.indexOf(EQUALS);
    return at < 0 ? [] : [{ scheme: part.subarray(0, at), value: part.subarray(at + 1) }];
  });
  const times = parts.filter(({ scheme }) => isText(scheme, 't'));
  const [time] = times;
  if (time === undefined || times.length !== 1) return false;
  const distance = Math.abs(seconds(time.value) - now);
  if (!(distance <= 300)) return false;
  const message = Buffer.concat([time.value, Buffer.from('.'), body]);
  const expected = secrets.map((secret) => hmac(Buffer.from(secret), message).toString('hex'));
  return parts.some(
    ({ scheme, value }) => isText(scheme, 'v1') && expected.some((hex) => isText(value, hex)),
  );
};
