import { readPemCertificates, trustPayPalChain } from '../../services/webhook/providers/paypal-chain';
import {
  type Issued,
  issue,
  makeTestChain,
  PAYPAL_CERT_NAME,
  type TestChain,
} from '../support/paypal-signature';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const YEAR_2000 = new Date('2000-01-01');
const YEAR_2001 = new Date('2001-01-01');

let chain: TestChain;
/** Another authority of the same kind that we do not trust. */
let stranger: TestChain;

beforeAll(async () => {
  chain = await makeTestChain();
  stranger = await makeTestChain();
}, 60_000);

const trusted = (served: readonly Issued[], roots: readonly Issued[] = [chain.root], at = NOW) =>
  trustPayPalChain(
    readPemCertificates(served.map(({ pem }) => pem).join('\n')),
    roots.flatMap(({ pem }) => readPemCertificates(pem)),
    at,
  );

describe('a chain is trusted', () => {
  it('from leaf over intermediate to our root, and its key is the leaf’s', () => {
    const signer = trusted([chain.leaf, chain.intermediate]);
    expect(signer?.key.export({ format: 'pem', type: 'spki' })).toBe(
      `${chain.leaf.certificate.publicKey.toString('pem')}\n`,
    );
    expect(signer?.validUntil).toBe(Date.parse('2046-01-01'));
  });

  it('with the root served as well, and with strangers in between', () => {
    expect(trusted([chain.leaf, stranger.intermediate, chain.root, chain.intermediate])).not.toBeNull();
  });

  it('when the intermediate itself is what we trust', () => {
    expect(trusted([chain.leaf], [chain.intermediate])).not.toBeNull();
  });

  it('until the first of its certificates runs out', async () => {
    const notAfter = new Date('2027-02-03');
    const brief = await issue({ by: chain.intermediate, notAfter });
    expect(trusted([brief, chain.intermediate])?.validUntil).toBe(notAfter.getTime());
  });

  it('over two intermediates where the upper one allows it', async () => {
    const upper = await issue({ name: 'Upper', by: chain.root, ca: true, pathLength: 1 });
    const lower = await issue({ name: 'Lower', by: upper, ca: true, pathLength: 0 });
    const leaf = await issue({ by: lower });
    expect(trusted([leaf, lower, upper])).not.toBeNull();
  });
});

describe('a chain is not trusted', () => {
  const cases: [string, () => Promise<readonly Issued[]>][] = [
    ['self-signed', async () => [await issue({ by: null })]],
    ['self-signed and an authority', async () => [await issue({ by: null, ca: true })]],
    ['of another authority', async () => [stranger.leaf, stranger.intermediate, stranger.root]],
    ['without its intermediate', async () => [chain.leaf]],
    [
      'expired',
      async () => [
        await issue({ by: chain.intermediate, notBefore: YEAR_2000, notAfter: YEAR_2001 }),
        chain.intermediate,
      ],
    ],
    [
      'not valid yet',
      async () => [
        await issue({ by: chain.intermediate, notBefore: new Date('2027-01-01') }),
        chain.intermediate,
      ],
    ],
    [
      'of an expired intermediate',
      async () => {
        const old = await issue({
          name: 'Old CA',
          by: chain.root,
          ca: true,
          notBefore: YEAR_2000,
          notAfter: YEAR_2001,
        });
        return [await issue({ by: old }), old];
      },
    ],
    ...[
      'www.paypal.com',
      'messageverificationcerts.paypal.com.evil.example',
      'messageverificationcerts.evil.example',
      'x.messageverificationcerts.paypal.com',
      'messageverificationcertspaypal.com',
    ].map((name): [string, () => Promise<readonly Issued[]>] => [
      `of our authority with the name ${name}`,
      async () => [await issue({ name, by: chain.intermediate }), chain.intermediate],
    ]),
    [
      'named right, but with other DNS names',
      async () => [await issue({ by: chain.intermediate, dnsNames: ['evil.example'] }), chain.intermediate],
    ],
    [
      'signed by a leaf',
      async () => {
        const leaf = await issue({ name: 'shop.example', by: chain.intermediate });
        return [await issue({ by: leaf }), leaf, chain.intermediate];
      },
    ],
    [
      'signed by a leaf whose key usage claims more than it is',
      async () => {
        const leaf = await issue({ name: 'shop.example', by: chain.root, signsCertificates: true });
        return [await issue({ by: leaf }), leaf, chain.intermediate];
      },
    ],
    [
      'signed by an authority whose key may not sign certificates',
      async () => {
        const idle = await issue({ name: 'Idle CA', by: chain.root, ca: true, signsCertificates: false });
        return [await issue({ by: idle }), idle];
      },
    ],
    [
      'signed by the genuine leaf',
      async () => [await issue({ by: chain.leaf }), chain.leaf, chain.intermediate],
    ],
    [
      'deeper than its authority may delegate',
      async () => {
        const below = await issue({ name: 'Below', by: chain.intermediate, ca: true });
        return [await issue({ by: below }), below, chain.intermediate];
      },
    ],
    [
      'of an authority for certain names only',
      async () => {
        // permittedSubtrees { dNSName evil.example }
        const value = Buffer.from(`3010a00e300c820a${Buffer.from('e.example.').toString('hex')}`, 'hex');
        const constrained = await issue({
          name: 'Constrained',
          by: chain.root,
          ca: true,
          extensions: { '2.5.29.30': value },
        });
        return [await issue({ by: constrained }), constrained];
      },
    ],
    [
      'signed with SHA-1',
      async () => {
        const weak = await issue({ name: 'Weak CA', by: chain.root, ca: true, hash: 'SHA-1' });
        return [await issue({ by: weak }), weak];
      },
    ],
    [
      'with a key of 1024 bits',
      async () => [await issue({ by: chain.intermediate, bits: 1024 }), chain.intermediate],
    ],
    ['an authority itself', async () => [await issue({ by: chain.root, ca: true, name: PAYPAL_CERT_NAME })]],
    [
      'of an intermediate with the right name and another key',
      async () => {
        const twin = await issue({ name: 'Tandem Test Issuing CA', by: stranger.root, ca: true });
        return [await issue({ by: twin }), twin, chain.intermediate];
      },
    ],
    ['with the intermediate first', async () => [chain.intermediate, chain.leaf]],
  ];

  it.each(cases)('%s', async (_, make) => {
    expect(trusted(await make())).toBeNull();
  });

  it('when we trust nobody, or the time is wrong', () => {
    expect(trusted([chain.leaf, chain.intermediate], [])).toBeNull();
    expect(trusted([chain.leaf, chain.intermediate], [chain.root], Date.parse('2047-01-01'))).toBeNull();
  });
});

describe('reading PEM', () => {
  it.each([
    ['nothing', ''],
    ['HTML', '<html></html>'],
    ['a private key', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----'],
    ['a broken certificate', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'],
  ])('refuses %s', (_, text) => {
    expect(() => readPemCertificates(text)).toThrow();
  });

  it('refuses more certificates than a chain can have', () => {
    expect(() => readPemCertificates(chain.root.pem.concat('\n').repeat(9))).toThrow();
  });
});
