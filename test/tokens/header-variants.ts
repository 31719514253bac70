import type { JsonWebKey } from 'node:crypto';
import type { Variant } from './draft';
import type { Keys } from './signer';

const put = (name: string, fields: object | ((keys: Keys) => object), honest = false): Variant => ({
  name,
  honest,
  change: (draft, keys) => {
    Object.assign(draft.header, typeof fields === 'function' ? fields(keys) : fields);
  },
});

const bytes = (name: string, text: string | Buffer): Variant => ({
  name,
  honest: false,
  change: (draft) => {
    draft.headerBytes = Buffer.from(text);
  },
});

const strangerJwk = ({ strangerEs }: Keys): JsonWebKey => strangerEs.publicKey.export({ format: 'jwk' });

const noAlgorithms = ['none', 'None', 'NONE', 'nOnE', 'none ', ' none', 'none\0', 'nоne', ''].map((alg) =>
  put(`alg ${JSON.stringify(alg)}`, { alg }),
);

const otherAlgorithms = [
  ...['HS384', 'HS512', 'ES384', 'ES512', 'ES256K', 'RS384', 'RS512', 'PS256', 'PS512', 'EdDSA', 'Ed25519'],
  ...['es256', 'Rs256', 'hs256', 'RSA-OAEP', 'dir', 'A128KW', 'constructor', '__proto__', 'toString'],
].map((alg) => put(`alg ${alg}`, { alg }));

const noText = [null, 256, true, {}, ['ES256'], ['HS256', 'ES256'], { alg: 'ES256' }].map((alg) =>
  put(`alg as ${JSON.stringify(alg)}`, { alg }),
);

const keyIds = [
  ...['nobody', '', ' es', 'es ', 'ES', 'es\0', 'es\0.pem', '../../../../dev/null', '/proc/self/environ'],
  ...['file:///etc/passwd', 'http://attacker.test/key', "' or 1=1 --", "x' union select 'secret' --", '|id'],
  ...[
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    '0',
    'length',
    '*',
    '%00',
    'еs',
    'x'.repeat(4_000),
  ],
].map((kid): Variant => ({ ...put(`kid ${kid.slice(0, 30)}`, { kid }), algs: ['ES256', 'RS256'] }));

const crossed: Variant[] = [
  { ...put('kid of the other key', { kid: 'rs' }), algs: ['ES256'] },
  { ...put('kid of the other key', { kid: 'es' }), algs: ['RS256'] },
  { ...put('alg of the other key', { alg: 'RS256' }), algs: ['ES256'] },
  { ...put('alg of the other key', { alg: 'ES256' }), algs: ['RS256'] },
  { ...put('alg of a published key', { alg: 'ES256' }), algs: ['HS256'] },
];

const noKeyIds = [null, 0, 1, false, {}, [], ['es'], ['rs'], { kid: 'es' }].map((kid) =>
  put(`kid as ${JSON.stringify(kid)}`, { kid }),
);

const extensions = [
  ...[['exp'], ['b64'], ['x'], [], 'b64', null, {}, [['b64']], ['alg']].map((crit) =>
    put(`crit ${JSON.stringify(crit)}`, { crit, x: 1 }),
  ),
  put('unencoded payload', { b64: false, crit: ['b64'] }),
  put('encoded payload, critically', { b64: true, crit: ['b64'] }),
];

const types = ['at+jwt', 'dpop+jwt', 'logout+jwt', 'JOSE', 'JWE', 'jwt\0', '', null, 1, ['JWT']].map((typ) =>
  put(`typ ${JSON.stringify(typ)}`, { typ }),
);

const noHeaders = [
  bytes('no JSON', '{alg:ES256}'),
  bytes('an array', '[{"alg":"ES256","kid":"es"}]'),
  bytes('a text', '"ES256"'),
  bytes('null', 'null'),
  bytes('a number', '1e999'),
  bytes('nothing', '{}'),
  bytes('broken UTF-8', Buffer.from([0x7b, 0xff, 0x7d])),
  bytes('a prototype', '{"__proto__":{"alg":"HS256"}}'),
  bytes('nesting', `{"alg":"ES256","kid":"es","x":${'['.repeat(2_000)}${']'.repeat(2_000)},"crit":[]}`),
  bytes('one algorithm, then none', '{"alg":"ES256","kid":"es","alg":"none"}'),
];

const harmless: Variant[] = [
  put('as issued', {}, true),
  put('other names', { cty: 'x', zip: 'DEF', x: { y: [1] } }, true),
  put('a key brought along', (keys) => ({ jwk: strangerJwk(keys) }), true),
  put('addresses brought along', { jku: 'http://attacker.test/jwks', x5u: 'http://attacker.test/x5u' }, true),
  put('certificates brought along', { x5c: ['MIIB'], x5t: 'AAAA', 'x5t#S256': 'AAAA' }, true),
  put('b64 that is not critical', { b64: false }, true),
  put('small type', { typ: 'jwt' }, true),
  {
    name: 'no type and no kid',
    honest: true,
    change: ({ header }) => {
      delete header.typ;
      delete header.kid;
    },
  },
  {
    name: 'a byte order mark before it',
    honest: true,
    change: (draft) => {
      draft.headerBytes = Buffer.from(`\ufeff${JSON.stringify(draft.header)}`);
    },
  },
  {
    name: 'none, then the algorithm',
    honest: true,
    change: (draft) => {
      draft.headerBytes = Buffer.from(`{"alg":"none",${JSON.stringify(draft.header).slice(1)}`);
    },
  },
];

/** What a header may say. */
export const headerVariants: readonly Variant[] = [
  ...harmless,
  ...noAlgorithms,
  ...otherAlgorithms,
  ...noText,
  ...keyIds,
  ...crossed,
  ...noKeyIds,
  ...extensions,
  ...types,
  ...noHeaders,
];
