import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { makeVerifyAccessToken } from '#shared/identity/verify-access-token';
import { issue, NOW_S, newDraft, SESSION, USER } from '../tokens/draft';
import { type KeyPair, makeKeys, signEs } from '../tokens/signer';

/** What a key set's address may answer; the first segment of the path chooses. */
const ANSWERS: Record<string, (response: ServerResponse) => void> = {
  'a 500': (response) => response.writeHead(500).end('{"keys":[]}'),
  'a 404': (response) => response.writeHead(404).end('{}'),
  'a redirect': (response) => response.writeHead(302, { location: '/elsewhere' }).end(),
  'a page': (response) => response.end('<html><body>Sign in to the Wi-Fi</body></html>'),
  nothing: (response) => response.end(),
  'half of it': (response) => response.end('{"keys":[{"kty":"EC","crv":"P-2'),
  'another shape': (response) => response.end('{"keys":{"kty":"EC"}}'),
  'no end': (response) => void response.write('{"keys":['),
  'no answer': () => undefined,
  'a hang-up': (response) => response.destroy(),
  'two megabytes': (response) => response.end(`{"keys":[]}${' '.repeat(2_000_000)}`),
};

const keys = makeKeys();
let server: Server;
let base: string;
let asked: string[];
const sockets = new Set<Socket>();
/** Whoever writes to one of these finds out only then that nobody is there any more. */
const dead = new Set<Socket>();

beforeAll(async () => {
  server = createServer((request, response) => {
    if (dead.has(request.socket)) return void request.socket.destroy();
    const [, name = ''] = decodeURIComponent(request.url ?? '').split('/');
    asked.push(name);
    const answer = ANSWERS[name];
    if (answer === undefined) response.end(JSON.stringify(keys.keySet));
    else answer(response);
  });
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => {
  asked = [];
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});

const token = (supabaseUrl: string, kid = 'es', signer: KeyPair = keys.es): string => {
  const draft = newDraft('ES256');
  draft.header.kid = kid;
  draft.claims.iss = `${supabaseUrl}/auth/v1`;
  draft.claims.exp = NOW_S + 86_400;
  draft.sign = (input) => signEs(input, signer);
  return issue(draft, keys);
};

const start = (name: string) => {
  const supabaseUrl = `${base}/${encodeURIComponent(name)}`;
  const clock = { ms: NOW_S * 1_000 };
  return { clock, supabaseUrl, verify: makeVerifyAccessToken({ supabaseUrl, now: () => clock.ms }) };
};

const outcomeOf = (verdict: Promise<unknown>): Promise<unknown> =>
  verdict.catch((error: { code: string }) => error.code);

describe('an address that gives no key set', () => {
  test('costs one fetch in half a minute, whoever asks, and refuses nobody', async () => {
    const names = Object.keys(ANSWERS);
    const started = performance.now();
    await Promise.all(
      names.map(async (name) => {
        const { clock, supabaseUrl, verify } = start(name);
        const good = token(supabaseUrl);
        const many = () => Promise.all(Array.from({ length: 500 }, () => outcomeOf(verify(good))));
        expect(new Set(await many())).toEqual(new Set(['identity_unavailable']));
        clock.ms += 29_000;
        expect(new Set(await many())).toEqual(new Set(['identity_unavailable']));
      }),
    );
    expect([...asked].sort()).toEqual([...names].sort());
    // The slow ones are given up after three seconds, once.
    expect(performance.now() - started).toBeLessThan(6_000);
  });

  test('is asked again after the pause, and no redirect is followed', async () => {
    const { clock, supabaseUrl, verify } = start('a redirect');
    for (let round = 0; round < 3; round += 1) {
      expect(await outcomeOf(verify(token(supabaseUrl)))).toBe('identity_unavailable');
      clock.ms += 31_000;
    }
    expect(asked).toEqual(['a redirect', 'a redirect', 'a redirect']);
  });
});

test('a connection that died while the process was frozen is not used again', async () => {
  const { clock, supabaseUrl, verify } = start('good');
  expect(await verify(token(supabaseUrl))).not.toBeNull();
  for (const socket of sockets) dead.add(socket);
  clock.ms += 61 * 60_000;
  expect(await outcomeOf(verify(token(supabaseUrl)))).toEqual({ userId: USER, sessionId: SESSION });
});

describe('a rotation', () => {
  test('takes one fetch more for a thousand tokens of a new key, and none for a thousand forged key ids', async () => {
    const { clock, supabaseUrl, verify } = start('good');
    expect(await verify(token(supabaseUrl))).toEqual({ userId: USER, sessionId: SESSION });

    const next = makeKeys().es;
    const [published] = keys.keySet.keys;
    keys.keySet.keys.push({
      ...published,
      ...next.publicKey.export({ format: 'jwk' }),
      kid: 'next',
    } as never);
    clock.ms += 31_000;
    const rotated = token(supabaseUrl, 'next', next);
    const verdicts = await Promise.all(Array.from({ length: 1_000 }, () => verify(rotated)));
    expect(new Set(verdicts.map((verdict) => verdict?.userId))).toEqual(new Set([USER]));
    expect(asked).toHaveLength(2);

    const forged = Array.from({ length: 1_000 }, (_, i) => verify(token(supabaseUrl, `forged-${i}`, next)));
    expect(new Set(await Promise.all(forged))).toEqual(new Set([null]));
    expect(asked).toHaveLength(2);
  });

  test('refuses a withdrawn key within ten minutes, without anybody asking for another', async () => {
    const { clock, supabaseUrl, verify } = start('good');
    const old = token(supabaseUrl);
    expect(await verify(old)).not.toBeNull();
    const withdrawn = keys.keySet.keys.shift();
    clock.ms += 10 * 60_000 + 1;
    expect(await verify(old)).toBeNull();
    keys.keySet.keys.unshift(withdrawn as never);
  });
});
