import { connect } from 'node:net';
import { createFaultRules, type FaultRule, faultRuleSchema } from '../../local/doubles/faults';
import { jsonReply } from '../../local/doubles/http-messages';
import { type HttpServer, startHttpServer } from '../../local/doubles/http-server';
import { findRoute, matchPath } from '../../local/doubles/route-table';

describe('the route table', () => {
  const handle = () => ({ status: 200 });
  const routes = [
    { method: 'GET', pattern: '/v1/things/{id}', handle },
    { method: 'GET', pattern: '/v1/things/search', handle },
    { method: 'POST', pattern: '/v1/things/{id}/end', handle },
  ];

  it('prefers literal segments to named ones', () => {
    const match = findRoute(routes, 'GET', '/v1/things/search');
    expect(match).toMatchObject({ route: { pattern: '/v1/things/search' } });
  });

  it('decodes named segments and ignores a trailing slash', () => {
    expect(findRoute(routes, 'GET', '/v1/things/a%2Fb/')).toMatchObject({ params: { id: 'a/b' } });
  });

  it('tells a wrong method from a wrong path', () => {
    expect(findRoute(routes, 'DELETE', '/v1/things/7')).toBe('wrong-method');
    expect(findRoute(routes, 'GET', '/v1/other')).toBe('none');
  });

  it('refuses what cannot be decoded or is empty', () => {
    expect(matchPath('/a/{id}', '/a/%zz')).toBeUndefined();
    expect(matchPath('/a/{id}/b', '/a//b')).toBeUndefined();
    expect(matchPath('/a/*', '/a/b/c')).toEqual({});
  });
});

describe('the server of the doubles', () => {
  const faults = createFaultRules();
  let acted = 0;
  let server: HttpServer;
  beforeAll(async () => {
    server = await startHttpServer({
      port: 0,
      faults,
      maxBodyBytes: 1_000,
      handle(request) {
        if (request.path === '/bug') throw new Error('a bug');
        acted += 1;
        return jsonReply(200, { size: request.rawBody.length, fault: request.endpointFault ?? null });
      },
    });
  });
  beforeEach(() => {
    faults.clear();
    acted = 0;
  });
  afterAll(() => server.close());

  const withFault = (action: FaultRule['action'], more: Partial<FaultRule> = {}) => {
    faults.add(faultRuleSchema.parse({ pathPattern: '/x', action, ...more }));
    return fetch(`${server.url}/x`, { method: 'POST', body: 'hi', redirect: 'manual' });
  };

  it('caps the body with 413 and answers a bug with 500', async () => {
    const big = await fetch(`${server.url}/x`, { method: 'POST', body: 'x'.repeat(1_001) });
    expect(big.status).toBe(413);
    expect((await fetch(`${server.url}/bug`)).status).toBe(500);
    expect((await fetch(`${server.url}/x`)).status).toBe(200);
  });

  it.each([
    '\0\0\0\r\n\r\n',
    'GET\r\n\r\n',
    'GET http://[ HTTP/1.1\r\nHost: x\r\n\r\n',
    'POST /x HTTP/1.1\r\nContent-Length: abc\r\n\r\n',
  ])('answers raw garbage %j with 4xx and lives on', async (bytes) => {
    const reply = await new Promise<string>((resolve) => {
      const socket = connect(server.port, '127.0.0.1', () => socket.end(bytes));
      let text = '';
      socket.on('data', (chunk) => {
        text += chunk;
      });
      socket.on('close', () => resolve(text));
      socket.on('error', () => resolve(text));
    });
    expect(reply).toMatch(/^HTTP\/1\.1 4\d\d/);
    expect((await fetch(`${server.url}/x`)).status).toBe(200);
  });

  it('answers a chosen status without acting, or after acting', async () => {
    const refused = await withFault(
      { status: 503, body: { no: true }, headers: { 'retry-after': '7' } },
      { times: 1 },
    );
    expect([refused.status, refused.headers.get('retry-after'), await refused.json()]).toEqual([
      503,
      '7',
      { no: true },
    ]);
    expect(acted).toBe(0);
    await withFault({ status: 500, afterActing: true }, { times: 1 });
    expect(acted).toBe(1);
  });

  it('hits after `skip` and for `times` requests only', async () => {
    faults.add({ pathPattern: '/x', skip: 1, times: 2, action: { status: 500 } });
    const statuses: number[] = [];
    for (let round = 0; round < 4; round++) statuses.push((await fetch(`${server.url}/x`)).status);
    expect(statuses).toEqual([200, 500, 500, 200]);
  });

  it('cuts the connection before or after acting', async () => {
    await expect(withFault({ dropConnectionBefore: true }, { times: 1 })).rejects.toThrow();
    expect(acted).toBe(0);
    await expect(withFault({ dropConnectionAfter: true }, { times: 1 })).rejects.toThrow();
    expect(acted).toBe(1);
  });

  it('sends garbage, HTML, redirects and drips', async () => {
    await expect((await withFault({ garbage: true }, { times: 1 })).json()).rejects.toThrow();
    expect(await (await withFault({ html: true }, { times: 1 })).text()).toContain('<html>');
    const redirect = await withFault({ redirectTo: 'http://169.254.169.254/' }, { times: 1 });
    expect([redirect.status, redirect.headers.get('location')]).toEqual([302, 'http://169.254.169.254/']);
    expect(await (await withFault({ slowDripMs: 1 }, { times: 1 })).json()).toEqual({ size: 2, fault: null });
  });

  it('hangs until the caller gives up, and delays', async () => {
    faults.add({ pathPattern: '/x', times: 1, action: { hang: true } });
    await expect(fetch(`${server.url}/x`, { signal: AbortSignal.timeout(100) })).rejects.toThrow();
    expect(acted).toBe(0);
    const startedMs = Date.now();
    await withFault({ delayAfterMs: 50 }, { times: 1 });
    expect(Date.now() - startedMs).toBeGreaterThanOrEqual(45);
  });

  it('hands endpoint-layer faults to the double, and takes no others for it', async () => {
    const reply = await withFault({ status: 500 }, { layer: 'endpoint', times: 1 });
    expect(await reply.json()).toMatchObject({ fault: { status: 500, afterActing: false } });
    const rule = { pathPattern: '/x', layer: 'endpoint', action: { hang: true } };
    expect(faultRuleSchema.safeParse(rule).success).toBe(false);
  });
});
