import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { AppError } from '#shared/errors/app-error';
import { forgeCrc32 } from '../../local/paypal/forge-crc32';
import { crc32 } from '../../services/webhook/domain/crc32';
import { payPalSignatureVerifier } from '../../services/webhook/providers/paypal-signature';
import { PAYPAL_TEST_WEBHOOK_ID, signPayPal } from '../support/paypal-signature';
import { type Verdicts, verdictOf } from './forge-stripe';
import { mutateBytes, mutateText } from './mutate-text';
import type { Random } from './random';
import { payPalReference, type RsaNumbers } from './reference-paypal';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const ORIGINS = ['https://api.paypal.com', 'https://api-m.paypal.com'] as const;
const urlOf = (origin: string, name: string): string => `${origin}/v1/notifications/certs/CERT-${name}`;
const HOSTS = [
  ...ORIGINS,
  ...ORIGINS,
  'https://api.paypal.com.evil.example',
  'http://api.paypal.com',
  'https://api.paypal.com@evil.example',
] as const;
const TIMES = [
  ...[
    '2026-11-22T12:00:00Z',
    '2026-11-22T11:59:58.123Z',
    '2026-11-22T13:00:00+01:00',
    '2026-11-18T12:00:00Z',
  ],
  ...['2026-11-18T11:59:59Z', '2026-11-22T12:05:00Z', '2026-11-22T12:05:00.001Z', '2026-11-22T12:05:01Z'],
  ...[
    '2026-11-22 12:00:00Z',
    '2026-11-22T12:00:00',
    '1795348800',
    '2026-11-22T12:00:60Z',
    '2026-11-22T12:00:00+29:00',
  ],
];

interface Transmission {
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** A source of PayPal deliveries, genuine and forged, with both verdicts on each. */
export interface PayPalForger {
  readonly attempt: () => Promise<Verdicts>;
  /** Every address a certificate was wanted from. */
  readonly asked: ReadonlySet<string>;
}

/** Signing takes a millisecond, so a pool of signed transmissions is made once and then forged from. */
export const payPalForger = (random: Random, poolSize: number): PayPalForger => {
  const pair = () => generateKeyPairSync('rsa', { modulusLength: 2048 });
  const [ours, other] = [pair(), pair()];
  const keys = new Map(
    ORIGINS.flatMap((origin) => [
      [urlOf(origin, 'a'), ours.publicKey] as const,
      [urlOf(origin, 'b'), other.publicKey] as const,
    ]),
  );
  const numbers = new Map([...keys].map(([url, key]) => [url, numbersOf(key)]));
  const asked = new Set<string>();
  const verify = payPalSignatureVerifier({
    webhookIds: [PAYPAL_TEST_WEBHOOK_ID],
    certOrigins: ORIGINS,
    signingKeys: async (url) => {
      asked.add(url);
      const key = keys.get(url);
      if (key === undefined) throw new AppError('webhook_verification_unavailable');
      return key;
    },
  });
  const sign = (): Transmission => {
    const body = Buffer.from(
      JSON.stringify({ id: `WH-${random.below(1e9)}`, resource: { amount: { value: '1.00' } } }),
    );
    const time = random.chance(0.6) ? (TIMES[0] ?? '') : (TIMES[random.below(TIMES.length)] ?? '');
    const webhookId = random.chance(0.8)
      ? PAYPAL_TEST_WEBHOOK_ID
      : random.pick(['WEBHOOK_ID', '1JE4291016473214C', '']);
    const certUrl = urlOf(random.pick(HOSTS), 'a');
    const { privateKey: key } = random.chance(0.9) ? ours : other;
    const headers = signPayPal(body, {
      key,
      certUrl,
      time,
      webhookId,
      hash: random.chance(0.95) ? 'sha256' : 'sha1',
    });
    return { body, headers };
  };
  const pool = Array.from({ length: poolSize }, sign);

  const attempt = async (): Promise<Verdicts> => {
    const { body: signed, headers: genuine } = pool[random.below(pool.length)] ?? sign();
    const headers = forgeHeaders(genuine, random);
    const body = forgeBody(signed, random);
    return {
      product: await verdictOf(() => verify({ headers, body, receivedAt: NOW })),
      reference: payPalReference(headers, body, {
        webhookId: PAYPAL_TEST_WEBHOOK_ID,
        keys: numbers,
        now: NOW,
      }),
      what: `paypal ${JSON.stringify(headers)} over ${body.toString('hex')}`,
    };
  };
  return { attempt, asked };
};

const numbersOf = (key: KeyObject): RsaNumbers => {
  const { n = '', e = '' } = key.export({ format: 'jwk' });
  const read = (text: string): bigint => BigInt(`0x${Buffer.from(text, 'base64url').toString('hex')}`);
  return { modulus: read(n), exponent: read(e) };
};

const forgeBody = (signed: Buffer, random: Random): Buffer => {
  if (random.chance(0.15)) return mutateBytes(signed, random);
  if (random.chance(0.9)) return signed;
  // Another body under the same CRC-32 passes: that is PayPal's scheme, and why no amount of it is believed.
  return Buffer.from(forgeCrc32('{"id":"WH-1","resource":{"amount":{"value":"999999.00"}}}', crc32(signed)));
};

const forgeHeaders = (
  genuine: Readonly<Record<string, string>>,
  random: Random,
): Record<string, string[]> => {
  const headers = Object.fromEntries(
    Object.entries(genuine).map(([name, value]) => [name.toLowerCase(), [value]]),
  );
  for (let left = random.pick([0, 0, 1, 1, 2]); left > 0; left -= 1) {
    const name = Object.keys(headers)[random.below(Object.keys(headers).length)] ?? '';
    const [value = ''] = headers[name] ?? [];
    headers[name] = forgeHeader(name, value, random);
  }
  return headers;
};

const forgeHeader = (name: string, value: string, random: Random): string[] => {
  const bytes = Buffer.from(value, 'base64');
  const encodings = [
    value.replaceAll('=', ''),
    bytes.toString('base64url'),
    bytes.toString('hex'),
    `${value}=`,
  ] as const;
  if (name === 'paypal-transmission-sig' && random.chance(0.4)) return [random.pick(encodings)];
  if (name === 'paypal-auth-algo' && random.chance(0.5))
    return [random.pick(['SHA1withRSA', 'sha256withrsa', 'none', 'SHA256withECDSA'])];
  if (name === 'paypal-cert-url' && random.chance(0.5))
    return [urlOf(random.pick(HOSTS), random.pick(['a', 'b', 'none', 'a/../b']))];
  if (random.chance(0.1)) return [value, value];
  return random.chance(0.1) ? [] : [mutateText(value, random)];
};
