import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildSync } from 'esbuild';
import {
  type CryptoKey,
  exportJWK,
  exportSPKI,
  generateKeyPair,
  type JSONWebKeySet,
  type JWTPayload,
  SignJWT,
} from 'jose';
import { makeVerifyAccessToken } from '#shared/identity/verify-access-token';

const URL_OF_PROJECT = 'http://project.test';
const SECRET = 'a-shared-secret-of-thirty-two-bytes-or-more';
const USER = '6f1d1a0e-7b0c-4f0e-9a55-0c6de5a3f0aa';
const SESSION = '0b9a5b5e-1111-4222-8333-444455556666';
const NOW_S = 1_800_000_000;

const CLAIMS: JWTPayload = {
  sub: USER,
  aud: 'authenticated',
  role: 'authenticated',
  session_id: SESSION,
  iss: `${URL_OF_PROJECT}/auth/v1`,
  iat: NOW_S - 60,
  exp: NOW_S + 3_600,
};

interface Pair {
  readonly publicKey: CryptoKey;
  readonly privateKey: CryptoKey;
}
let es: Pair;
let rs: Pair;
let stranger: Pair;
let keySet: JSONWebKeySet;

beforeAll(async () => {
  [es, rs, stranger] = await Promise.all([
    generateKeyPair('ES256', { extractable: true }),
    generateKeyPair('RS256', { extractable: true }),
    generateKeyPair('ES256', { extractable: true }),
  ]);
  keySet = {
    keys: [
      { ...(await exportJWK(es.publicKey)), kid: 'es', alg: 'ES256', use: 'sig' },
      { ...(await exportJWK(rs.publicKey)), kid: 'rs', alg: 'RS256', use: 'sig' },
    ],
  };
});

const sign = (
  claims: JWTPayload,
  header: { alg: string; kid?: string; [name: string]: unknown } = { alg: 'ES256', kid: 'es' },
  key: CryptoKey | Uint8Array = es.privateKey,
): Promise<string> => new SignJWT(claims).setProtectedHeader(header).sign(key);

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

const verifier = (overrides: Partial<Parameters<typeof makeVerifyAccessToken>[0]> = {}) => {
  const loads: number[] = [];
  let nowMs = NOW_S * 1_000;
  const verify = makeVerifyAccessToken({
    supabaseUrl: URL_OF_PROJECT,
    jwtSecret: SECRET,
    now: () => nowMs,
    loadKeySet: async () => {
      loads.push(nowMs);
      return keySet;
    },
    ...overrides,
  });
  const advance = (ms: number): void => {
    nowMs += ms;
  };
  return { verify, loads, advance };
};

describe('accepted', () => {
  test('ES256 and RS256 by the published key, HS256 by the shared secret', async () => {
    const { verify } = verifier();
    for (const token of [
      await sign(CLAIMS),
      await sign(CLAIMS, { alg: 'RS256', kid: 'rs' }, rs.privateKey),
      await sign(CLAIMS, { alg: 'HS256' }, utf8(SECRET)),
    ]) {
      expect(await verify(token)).toEqual({ userId: USER, sessionId: SESSION });
    }
  });

  test('without issuer and session, as the embedded Supabase and custom tokens may be', async () => {
    const { iss, session_id, ...bare } = CLAIMS;
    expect(await verifier().verify(await sign(bare))).toEqual({ userId: USER, sessionId: null });
  });

  test('a clock that differs by a few seconds', async () => {
    const { verify } = verifier();
    expect(await verify(await sign({ ...CLAIMS, exp: NOW_S - 3 }))).not.toBeNull();
    expect(await verify(await sign({ ...CLAIMS, nbf: NOW_S + 3 }))).not.toBeNull();
  });
});

describe('refused', () => {
  const claims: [string, JWTPayload][] = [
    ['expired', { ...CLAIMS, exp: NOW_S - 6 }],
    ['without expiry', { ...CLAIMS, exp: undefined }],
    ['not yet valid', { ...CLAIMS, nbf: NOW_S + 6 }],
    ['another issuer', { ...CLAIMS, iss: 'https://other.supabase.co/auth/v1' }],
    ['the issuer with a path behind it', { ...CLAIMS, iss: `${URL_OF_PROJECT}/auth/v1/x` }],
    ['another audience', { ...CLAIMS, aud: 'anon' }],
    ['no audience', { ...CLAIMS, aud: undefined }],
    ['the service role', { ...CLAIMS, role: 'service_role' }],
    ['no role', { ...CLAIMS, role: undefined }],
    ['no subject', { ...CLAIMS, sub: undefined }],
    ['a subject that is no uuid', { ...CLAIMS, sub: "' or 1=1 --" }],
    ['a session that is no uuid', { ...CLAIMS, session_id: 'x' }],
    ['a session that is an object', { ...CLAIMS, session_id: { id: SESSION } }],
  ];
  test.each(claims)('%s', async (_name, payload) => {
    const { verify } = verifier();
    expect(await verify(await sign(payload))).toBeNull();
    expect(await verify(await sign(payload, { alg: 'HS256' }, utf8(SECRET)))).toBeNull();
  });

  test('no algorithm, in every spelling', async () => {
    for (const alg of ['none', 'None', 'NONE', '']) {
      const token = `${base64url({ alg, typ: 'JWT' })}.${base64url(CLAIMS)}.`;
      expect(await verifier().verify(token)).toBeNull();
    }
  });

  test('a public key used as shared secret', async () => {
    const spki = await exportSPKI(rs.publicKey);
    const jwk = JSON.stringify(keySet.keys[1]);
    for (const forgedSecret of [spki, spki.trim(), jwk]) {
      const token = await sign(CLAIMS, { alg: 'HS256', kid: 'rs' }, utf8(forgedSecret));
      expect(await verifier().verify(token)).toBeNull();
    }
  });

  test('HS256 where no shared secret is configured, and algorithms we do not use', async () => {
    const { verify } = verifier({ jwtSecret: undefined });
    expect(await verify(await sign(CLAIMS, { alg: 'HS256' }, utf8(SECRET)))).toBeNull();
    for (const alg of ['HS384', 'HS512']) {
      expect(await verifier().verify(await sign(CLAIMS, { alg }, utf8(SECRET.repeat(2))))).toBeNull();
    }
  });

  test('keys and addresses that the token brings along', async () => {
    const jwk = await exportJWK(stranger.publicKey);
    for (const brought of [{ jwk }, { jku: 'http://attacker.test/jwks' }, { x5u: 'http://attacker.test' }]) {
      const header = { alg: 'ES256', kid: 'es', ...brought };
      expect(await verifier().verify(await sign(CLAIMS, header, stranger.privateKey))).toBeNull();
    }
  });

  test('key ids that lead elsewhere, and a key of the other type', async () => {
    for (const kid of ['nobody', '../../etc/passwd', "' or 1=1 --", 'rs', '']) {
      expect(await verifier().verify(await sign(CLAIMS, { alg: 'ES256', kid }))).toBeNull();
    }
    const header = { alg: 'ES256', kid: 'es', crit: ['x'], x: 1 };
    const token = `${base64url(header)}.${base64url(CLAIMS)}.AAAA`;
    expect(await verifier().verify(token)).toBeNull();
  });

  test('a changed payload and texts that are no token', async () => {
    const [header, , signature] = (await sign(CLAIMS)).split('.');
    const other = base64url({ ...CLAIMS, sub: '00000000-0000-4000-8000-000000000000' });
    for (const token of [
      `${header}.${other}.${signature}`,
      '',
      '.',
      '..',
      'a.b.c',
      `${'x'.repeat(9_000)}.y.z`,
    ]) {
      expect(await verifier().verify(token)).toBeNull();
    }
  });
});

describe('key set', () => {
  test('is fetched once for many requests at once', async () => {
    const { verify, loads } = verifier();
    const token = await sign(CLAIMS);
    await Promise.all(Array.from({ length: 200 }, () => verify(token)));
    await verify(token);
    expect(loads).toHaveLength(1);
  });

  test('is not fetched for shared-secret tokens or for rubbish', async () => {
    const { verify, loads } = verifier();
    await verify(await sign(CLAIMS, { alg: 'HS256' }, utf8(SECRET)));
    await verify('a.b.c');
    expect(loads).toHaveLength(0);
  });

  test('forged key ids cost one fetch in thirty seconds', async () => {
    const { verify, loads, advance } = verifier();
    await verify(await sign(CLAIMS));
    advance(31_000);
    for (let i = 0; i < 50; i += 1) await verify(await sign(CLAIMS, { alg: 'ES256', kid: `forged-${i}` }));
    expect(loads).toHaveLength(2);
    advance(31_000);
    await verify(await sign(CLAIMS, { alg: 'ES256', kid: 'forged' }));
    expect(loads).toHaveLength(3);
  });

  test('a new key is accepted with one fetch more, a withdrawn one refused once the cache is old', async () => {
    let published: JSONWebKeySet = { keys: [keySet.keys[0] ?? {}] };
    let fetched = 0;
    const { verify, advance } = verifier({
      loadKeySet: async () => {
        fetched += 1;
        return published;
      },
    });
    const old = await sign({ ...CLAIMS, exp: NOW_S + 36_000 });
    expect(await verify(old)).not.toBeNull();

    published = { keys: [keySet.keys[1] ?? {}] };
    advance(31_000);
    expect(await verify(await sign(CLAIMS, { alg: 'RS256', kid: 'rs' }, rs.privateKey))).not.toBeNull();
    expect(fetched).toBe(2);
    expect(await verify(old)).toBeNull();
  });

  test('an outage costs one fetch in thirty seconds and is no verdict on the token', async () => {
    let attempts = 0;
    const { verify, advance } = verifier({
      loadKeySet: async () => {
        attempts += 1;
        throw new Error('500');
      },
    });
    const token = await sign(CLAIMS);
    for (let i = 0; i < 100; i += 1) {
      await expect(verify(token)).rejects.toMatchObject({ code: 'identity_unavailable' });
    }
    expect(attempts).toBe(1);
    advance(31_000);
    await expect(verify(token)).rejects.toThrow();
    expect(attempts).toBe(2);
  });

  test('known keys outlast an outage of an hour, and no longer', async () => {
    let broken = false;
    const { verify, advance } = verifier({
      loadKeySet: async () => {
        if (broken) throw new Error('500');
        return keySet;
      },
    });
    const token = await sign({ ...CLAIMS, exp: NOW_S + 36_000 });
    await verify(token);
    broken = true;
    advance(59 * 60_000);
    expect(await verify(token)).not.toBeNull();
    advance(2 * 60_000);
    await expect(verify(token)).rejects.toMatchObject({ code: 'identity_unavailable' });
  });

  test('an empty set refuses, a malformed one is an outage', async () => {
    const token = await sign(CLAIMS);
    expect(await verifier({ loadKeySet: async () => ({ keys: [] }) }).verify(token)).toBeNull();
    const malformed = verifier({ loadKeySet: async () => ({ keys: ['x'] }) as unknown as JSONWebKeySet });
    await expect(malformed.verify(token)).rejects.toMatchObject({ code: 'identity_unavailable' });
  });

  test('comes over the network from the project, without loading fetch or its library', async () => {
    const paths: string[] = [];
    const server = createServer((request, response) => {
      paths.push(request.url ?? '');
      response.end(JSON.stringify(keySet));
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const supabaseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const token = await sign({ ...CLAIMS, iss: `${supabaseUrl}/auth/v1` });
    const { outputFiles } = buildSync({
      stdin: {
        contents: `
          import { makeVerifyAccessToken } from '#shared/identity/verify-access-token';
          makeVerifyAccessToken({ supabaseUrl: '${supabaseUrl}', now: () => ${NOW_S * 1_000} })('${token}').then((claims) =>
            console.log(JSON.stringify({ claims, undici: process.moduleLoadList.some((m) => m.includes('undici')) })));`,
        resolveDir: join(__dirname, '..', '..'),
      },
      bundle: true,
      platform: 'node',
      mainFields: ['module', 'main'],
      write: false,
    });
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', outputFiles[0]?.text ?? '']);
    expect(JSON.parse(stdout)).toEqual({ claims: { userId: USER, sessionId: SESSION }, undici: false });
    expect(paths).toEqual(['/auth/v1/.well-known/jwks.json']);
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  });
});
