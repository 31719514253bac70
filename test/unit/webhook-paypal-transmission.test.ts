import { crc32 as zlibCrc32 } from 'node:zlib';
import * as fc from 'fast-check';
import { crc32 } from '../../services/webhook/domain/crc32';
import { checkPayPalCertUrl, PAYPAL_CERT_ORIGINS } from '../../services/webhook/domain/paypal-cert-url';
import { payPalSignedText, readPayPalTransmission } from '../../services/webhook/domain/paypal-transmission';

const CERT = '/v1/notifications/certs/CERT-360caa42-fca2a594-a5cafa77';
const HOST = 'https://api.paypal.com';

describe('the certificate URL', () => {
  it.each([
    ['live', `${HOST}${CERT}`],
    ['live', `https://api-m.paypal.com${CERT}`],
    ['test', `https://api.sandbox.paypal.com${CERT}`],
    ['test', `https://api-m.sandbox.paypal.com${CERT}`],
  ] as const)('%s: %s is fetched', (mode, url) => {
    expect(checkPayPalCertUrl(url, PAYPAL_CERT_ORIGINS[mode])).toBe(url);
  });

  const refused = [
    '',
    HOST,
    `http://api.paypal.com${CERT}`,
    `ftp://api.paypal.com${CERT}`,
    `//api.paypal.com${CERT}`,
    `file:///etc/passwd`,
    'data:text/plain,x',
    `gopher://api.paypal.com${CERT}`,
    `https://api.sandbox.paypal.com${CERT}`,
    `https://paypal.com${CERT}`,
    `https://www.paypal.com${CERT}`,
    `https://api.paypal.com.evil.example${CERT}`,
    `https://api.paypal.comevil.example${CERT}`,
    `https://evil.example/https://api.paypal.com${CERT}`,
    `https://evil-api.paypal.com.example${CERT}`,
    `https://xapi.paypal.com${CERT}`,
    `https://api.paypal.com@evil.example${CERT}`,
    `https://user:pass@api.paypal.com${CERT}`,
    `https://@api.paypal.com${CERT}`,
    `https://api.paypal.com:8443${CERT}`,
    `https://api.paypal.com:22${CERT}`,
    `https://api.paypal.com.${CERT}`,
    `https://api%2epaypal%2ecom${CERT}`,
    `https://аpi.paypal.com${CERT}`,
    `https://api。paypal。com${CERT}`,
    `https://api.paypal.com\\@evil.example${CERT}`,
    `https:\\\\api.paypal.com${CERT}`,
    `https:/api.paypal.com${CERT}`,
    `https:api.paypal.com${CERT}`,
    ` https://api.paypal.com${CERT}`,
    `\thttps://api.paypal.com${CERT}`,
    `https://api.paypal.com${CERT} `,
    `https://api.paypal.com${CERT}\n`,
    `https://api.paypal.com${CERT}\r\nHost: evil.example`,
    `https://api.paypal.com${CERT}?next=1`,
    `https://api.paypal.com${CERT}#x`,
    `https://api.paypal.com${CERT}/`,
    `https://api.paypal.com${CERT}/../../../x`,
    `https://api.paypal.com${CERT}%2f..`,
    `https://api.paypal.com/v1/notifications/certs/../../redirect`,
    `https://api.paypal.com/v1/notifications/certs/CERT-`,
    `https://api.paypal.com/v1/notifications/certs/cert-360caa42`,
    `https://api.paypal.com//v1/notifications/certs/CERT-1`,
    `https://api.paypal.com/V1/notifications/certs/CERT-1`,
    `https://api.paypal.com/redirect?to=https://evil.example`,
    `https://127.0.0.1${CERT}`,
    `https://[::1]${CERT}`,
    `https://2130706433${CERT}`,
    `https://0x7f.1${CERT}`,
    'http://169.254.169.254/latest/meta-data/iam/security-credentials/',
    `https://api.paypal.com${CERT}${'a'.repeat(500)}`,
  ];

  it.each(refused)('%s is refused', (url) => {
    expect(() => checkPayPalCertUrl(url, PAYPAL_CERT_ORIGINS.live)).toThrow('not from PayPal');
  });

  it('names nothing but an allowed host after any URL parser, whatever was added to a good one', () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.nat({ max: 3 }),
        fc.string({ unit: 'binary', maxLength: 8 }),
        (place, drop, add) => {
          const good = `${HOST}${CERT}`;
          const at = place % (good.length + 1);
          const url = good.slice(0, at) + add + good.slice(at + drop);
          try {
            checkPayPalCertUrl(url, PAYPAL_CERT_ORIGINS.live);
          } catch {
            return;
          }
          const { origin, search, hash, href } = new URL(url);
          expect([PAYPAL_CERT_ORIGINS.live.includes(origin), search, hash, href]).toEqual([
            true,
            '',
            '',
            url,
          ]);
        },
      ),
      { numRuns: 5_000 },
    );
  });
});

describe('the signed text', () => {
  it('has the checksum that zlib computes, of any bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 2_000 }), (bytes) => crc32(bytes) === zlibCrc32(bytes)));
  });

  it('is unsigned decimal, after our webhook id', () => {
    const headers = {
      'paypal-auth-algo': ['SHA256withRSA'],
      'paypal-transmission-id': ['69cd13f0-d67a-11e5-baa3-778b53f4ae55'],
      'paypal-transmission-time': ['2016-02-18T20:01:35Z'],
      'paypal-transmission-sig': ['lmI95Jx3Y9nhR5SJWlHVIWpg4AgFk7n9bCHSRxbrd8A9'],
      'paypal-cert-url': [`${HOST}${CERT}`],
    };
    const transmission = readPayPalTransmission(headers);
    // The checksum of "a" has its highest bit set, which signed arithmetic would print with a minus.
    expect(payPalSignedText(transmission, '1JE4291016473214C', Buffer.from('a'))).toBe(
      '69cd13f0-d67a-11e5-baa3-778b53f4ae55|2016-02-18T20:01:35Z|1JE4291016473214C|3904355907',
    );
  });

  it.each(['2016-02-18T20:01:35Z', '2016-02-18T20:01:35.123Z', '2016-02-18T20:01:35+05:30'])(
    'takes the time %s',
    (time) => {
      const headers = {
        'paypal-auth-algo': ['SHA256withRSA'],
        'paypal-transmission-id': ['1'],
        'paypal-transmission-time': [time],
        'paypal-transmission-sig': ['AAAA'],
        'paypal-cert-url': ['x'],
      };
      expect(readPayPalTransmission(headers).time).toBe(Date.parse(time));
    },
  );
});
