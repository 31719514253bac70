import { constants, type KeyObject, sign } from 'node:crypto';
import { type Draft, USER, type Variant } from './draft';
import { type Keys, type SigningAlg, signEs, signGenuinely, signHs, signRs } from './signer';

type Signer = (input: string, keys: Keys, alg: SigningAlg) => Buffer;

const signed = (name: string, make: Signer, algs?: readonly SigningAlg[]): Variant => ({
  name,
  honest: false,
  ...(algs === undefined ? {} : { algs }),
  change: (draft) => {
    draft.sign = (input, keys) => make(input, keys, draft.alg);
  },
});

/** What a public key looks like to somebody who uses it as a shared secret. */
const asSecrets: readonly (readonly [string, (key: KeyObject) => string | Buffer])[] = [
  ['PEM', (key) => key.export({ type: 'spki', format: 'pem' })],
  ['PEM without the last line break', (key) => key.export({ type: 'spki', format: 'pem' }).toString().trim()],
  [
    'PEM with Windows line breaks',
    (key) => key.export({ type: 'spki', format: 'pem' }).toString().replaceAll('\n', '\r\n'),
  ],
  ['PEM on one line', (key) => key.export({ type: 'spki', format: 'pem' }).toString().replaceAll('\n', '')],
  ['DER', (key) => key.export({ type: 'spki', format: 'der' })],
  ['DER in base64', (key) => key.export({ type: 'spki', format: 'der' }).toString('base64')],
  ['JWK', (key) => JSON.stringify(key.export({ format: 'jwk' }))],
  ['JWK, a member', (key) => Buffer.from(memberOf(key), 'base64url')],
  ['JWK, a member as text', (key) => memberOf(key)],
];

const memberOf = (key: KeyObject): string => {
  const { n, x } = key.export({ format: 'jwk' });
  return n ?? x ?? '';
};

/** The header says HS256, and the secret is what everybody can fetch. */
const confused = asSecrets.flatMap(([form, write]) =>
  (['es', 'rs'] as const).flatMap((which) =>
    ['HS256', 'HS384', 'HS512'].map(
      (alg): Variant => ({
        name: `${alg} by the ${which} public key as ${form}`,
        honest: false,
        change: (draft, keys) => {
          draft.header = { ...draft.header, alg, kid: which };
          draft.sign = (input) => signHs(input, write(keys[which].publicKey), alg.replace('HS', 'sha'));
        },
      }),
    ),
  ),
);

const guessed = ['', '\0', 'secret', 'null', 'undefined', 'es', 'your-super-secret-jwt-token'].map((secret) =>
  signed(`HMAC by ${JSON.stringify(secret)}`, (input) => signHs(input, secret), ['HS256']),
);

const strangers = [
  signed('by a stranger', (input, keys) => signEs(input, keys.strangerEs), ['ES256']),
  signed('by a stranger', (input, keys) => signRs(input, keys.strangerRs), ['RS256']),
  signed('by the other published key', (input, keys) => signRs(input, keys.rs), ['ES256']),
  signed('by the other published key', (input, keys) => signEs(input, keys.es), ['RS256']),
  signed('by the shared secret', (input, keys) => signHs(input, keys.secret), ['ES256', 'RS256']),
];

const order = Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', 'hex');

const wrong = [
  signed('none', () => Buffer.alloc(0)),
  signed('zeroes', (_input, _keys, alg) => Buffer.alloc(alg === 'RS256' ? 256 : alg === 'ES256' ? 64 : 32)),
  signed('the order of the curve', () => Buffer.concat([order, order]), ['ES256']),
  signed('ones', () => Buffer.concat([Buffer.alloc(31), Buffer.of(1), Buffer.alloc(31), Buffer.of(1)]), [
    'ES256',
  ]),
  signed('as DER', (input, { es }) => sign('sha256', Buffer.from(input), es.privateKey), ['ES256']),
  signed('SHA-1', (input, { rs }) => sign('sha1', Buffer.from(input), rs.privateKey), ['RS256']),
  signed('SHA-512', (input, { rs }) => sign('sha512', Buffer.from(input), rs.privateKey), ['RS256']),
  signed(
    'PSS',
    (input, { rs }) =>
      sign('sha256', Buffer.from(input), { key: rs.privateKey, padding: constants.RSA_PKCS1_PSS_PADDING }),
    ['RS256'],
  ),
  signed('cut', (input, keys, alg) => signGenuinely(alg, input, keys).subarray(0, -1)),
  signed('a byte', (input, keys, alg) => signGenuinely(alg, input, keys).subarray(0, 1)),
  signed('twice', (input, keys, alg) => Buffer.concat([1, 2].map(() => signGenuinely(alg, input, keys)))),
  signed('a byte more', (input, keys, alg) => Buffer.concat([signGenuinely(alg, input, keys), Buffer.of(0)])),
  signed('a bit off', (input, keys, alg) => {
    const signature = signGenuinely(alg, input, keys);
    signature[7] = (signature[7] ?? 0) ^ 1;
    return signature;
  }),
  signed('over the header alone', (input, keys, alg) => signGenuinely(alg, input.split('.')[0] ?? '', keys)),
  signed('over the payload alone', (input, keys, alg) => signGenuinely(alg, input.split('.')[1] ?? '', keys)),
  signed('over decoded parts', (input, keys, alg) =>
    signGenuinely(
      alg,
      input
        .split('.')
        .map((part) => Buffer.from(part, 'base64url'))
        .join('.'),
      keys,
    ),
  ),
  signed('in hexadecimal', (input, keys, alg) =>
    Buffer.from(signGenuinely(alg, input, keys).toString('hex')),
  ),
];

/** Somebody else's claims under a signature that was good for others. */
const swapped: Variant = {
  name: 'of other claims',
  honest: false,
  change: (draft) => {
    const before = draft.spell;
    draft.spell = (token) => before(withPayload(token, { ...draft.claims, sub: other(draft) }));
  },
};

const other = ({ claims }: Draft): string =>
  claims.sub === USER ? '00000000-0000-4000-8000-000000000000' : USER;

const withPayload = (token: string, claims: object): string => {
  const [header, , signature] = token.split('.');
  return [header, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.');
};

/** Who signed, and how. */
export const signatureVariants: readonly Variant[] = [
  { name: 'genuine', honest: true, change: () => undefined },
  ...confused,
  ...guessed,
  ...strangers,
  ...wrong,
  swapped,
];
