import { deflateRawSync } from 'node:zlib';
import { type Draft, NOW_S, PROJECT, USER, type Variant } from './draft';

const put = (name: string, fields: object, honest = false): Variant => ({
  name,
  honest,
  change: ({ claims }) => {
    Object.assign(claims, fields);
  },
});

const without = (name: string, honest = false): Variant => ({
  name: `no ${name}`,
  honest,
  change: ({ claims }) => {
    delete claims[name];
  },
});

const bytes = (name: string, make: (draft: Draft) => string | Buffer): Variant => ({
  name,
  honest: false,
  change: (draft) => {
    draft.payloadBytes = Buffer.from(make(draft));
  },
});

const each = (name: string, values: readonly unknown[], honest = false): Variant[] =>
  values.map((value) => put(`${name} ${JSON.stringify(value)?.slice(0, 40)}`, { [name]: value }, honest));

const times = [
  ...each('exp', [NOW_S - 6, NOW_S - 3_600, 0, -1, -1e300]),
  ...each('exp', [null, '', 'never', `${NOW_S + 3_600}`, true, {}, [NOW_S + 3_600]]),
  without('exp'),
  ...each('nbf', [NOW_S + 6, NOW_S + 86_400, 1e300, null, 'now', {}, [0]]),
  ...each('iat', [NOW_S + 6, NOW_S + 86_400, 1e300, null, 'now', {}, [0]]),
];

const issuers = each('iss', [
  ...['https://other.supabase.co/auth/v1', PROJECT, `${PROJECT}/auth/v1/`, `${PROJECT}/auth/v1/x`],
  ...[`${PROJECT}.attacker.test/auth/v1`, `${PROJECT.toUpperCase()}/auth/v1`, ` ${PROJECT}/auth/v1`, ''],
  ...[`${PROJECT}:80/auth/v1`, `http://x@project.test/auth/v1`, 'https://accounts.google.com', 'supabase'],
  ...[null, 1, {}, [`${PROJECT}/auth/v1`]],
]);

const audiences = [
  ...each('aud', ['', 'anon', 'Authenticated', 'authenticated ', 'service_role', 'null', PROJECT]),
  ...each('aud', [
    [],
    ['anon'],
    ['AUTHENTICATED'],
    [['authenticated']],
    { 0: 'authenticated' },
    null,
    1,
    true,
  ]),
  without('aud'),
];

const roles = [
  ...each('role', ['', 'anon', 'service_role', 'admin', 'postgres', 'supabase_admin', 'Authenticated']),
  ...each('role', ['authenticated ', ['authenticated'], { authenticated: true }, null, 1, true]),
  without('role'),
];

const subjects = [
  ...each('sub', ['', 'me', '*', "' or 1=1 --", `${USER}\0`, `${USER} `, `{${USER}}`, USER.toUpperCase()]),
  ...each('sub', [USER.replaceAll('-', ''), `urn:uuid:${USER}`, '../admin', '__proto__', 'x'.repeat(3_000)]),
  ...each('sub', [null, 0, true, {}, [], [USER], { toString: USER }]),
  without('sub'),
];

const sessions = each('session_id', ['', 'x', 0, true, {}, [], ['0b9a5b5e-1111-4222-8333-444455556666']]);

const noClaims = [
  bytes('no JSON', () => 'sub=me'),
  bytes('an array', ({ claims }) => JSON.stringify([claims])),
  bytes('a text', ({ claims }) => JSON.stringify(JSON.stringify(claims))),
  bytes('null', () => 'null'),
  bytes('a number', () => '1e999'),
  bytes('empty', () => '{}'),
  bytes('broken UTF-8', () => Buffer.from([0x7b, 0xff, 0x7d])),
  bytes('a prototype', ({ claims }) =>
    JSON.stringify({ x: 1 }).replace('"x":1', `"__proto__":${JSON.stringify(claims)}`),
  ),
  bytes('compressed', ({ claims }) => deflateRawSync(JSON.stringify(claims))),
  bytes('more than a header holds', ({ claims }) => JSON.stringify({ ...claims, x: 'x'.repeat(9_000) })),
  bytes('a subject, then another', ({ claims }) => JSON.stringify(claims).replace(/\}$/, ',"sub":"x"}')),
  bytes('an expiry, then a past one', ({ claims }) => JSON.stringify(claims).replace(/\}$/, ',"exp":1}')),
];

const harmless = [
  put('as issued', {}, true),
  ...each('aud', [['authenticated'], ['x', 'authenticated']], true),
  ...each('exp', [NOW_S - 4, NOW_S + 1, NOW_S + 0.5, NOW_S + 604_800], true),
  ...each('nbf', [NOW_S, NOW_S + 4, 0], true),
  ...each('iat', [NOW_S, NOW_S + 4, 0], true),
  without('iss', true),
  without('iat', true),
  put('roles of its own', { app_metadata: { role: 'admin' }, user_role: 'admin', is_admin: true }, true),
  {
    ...bytes('a byte order mark before it', ({ claims }) => `\ufeff${JSON.stringify(claims)}`),
    honest: true,
  },
  put('more words', { email: 'a@b.test', amr: [{ method: 'password' }], aal: 'aal1', x: '𝄞\u2028' }, true),
];

/** What a payload may claim. */
export const claimVariants: readonly Variant[] = [
  ...harmless,
  ...times,
  ...issuers,
  ...audiences,
  ...roles,
  ...subjects,
  ...sessions,
  ...noClaims,
];
