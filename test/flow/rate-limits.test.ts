import { type AuthTest, type AuthTestDatabase, bearer, openAuthTest } from '../support/auth-service';
import { type PaymentTest, startPaymentTest } from '../support/payment-service';
import { newShopper } from '../support/shopping';
import { signIn } from '../support/sign-in';

const SITE = 'https://shop.example.test';

let payments: PaymentTest;
let accounts: AuthTestDatabase;
let statements: string[] = [];

beforeAll(async () => {
  payments = await startPaymentTest({
    limitFactor: 1,
    wrap: (database) => ({
      ...database,
      query: (text, values) => {
        statements.push(text);
        return database.query(text, values);
      },
    }),
  });
  accounts = await openAuthTest();
});
beforeEach(() => {
  statements = [];
});
afterAll(async () => {
  await payments.close();
  await accounts.close();
});

const policyOf = (answer: { readonly headers: Readonly<Record<string, unknown>> }) =>
  [answer.headers['ratelimit-policy'], answer.headers.ratelimit] as const;

describe('per user', () => {
  it('tells the policy and what is left, in a page of the site too', async () => {
    const { headers } = await signIn(payments.admin);
    const answer = await payments.send({
      path: '/api/payments/prices',
      headers: { ...headers, Origin: SITE },
    });
    const [policy, left] = policyOf(answer);
    expect(policy).toBe('"per-user";q=120;w=60');
    expect(left).toMatch(/^"per-user";r=119;t=6[0-6]$/);
    expect(answer.headers['access-control-expose-headers']).toBe(
      'RateLimit, RateLimit-Policy, Retry-After, X-Request-Id',
    );
  });

  it.each([
    ['not signed in', {}, '/api/payments/history', 401, null],
    [
      'not found',
      null,
      '/api/payments/history/0190a000-0000-7000-8000-000000000000',
      404,
      '"per-user";r=119',
    ],
    ['bad input', null, '/api/payments/history?limit=x', 400, '"per-user";r=119'],
    ['not allowed', null, '/api/payments/dead-letters', 403, '"per-user";r='],
  ])('on errors as well: %s', async (_, given, route, status, left) => {
    const headers = given ?? (await signIn(payments.admin)).headers;
    const [path = '', search = ''] = route.split('?');
    const answer = await payments.send({
      path,
      headers,
      query: Object.fromEntries(new URLSearchParams(search)),
    });
    const [policy, counted] = policyOf(answer);
    expect([answer.status, policy]).toEqual([status, expect.stringContaining('"per-user";q=')]);
    if (left === null) expect(counted).toBeUndefined();
    else expect(counted).toContain(left);
  });

  it('two hundred at the same moment: exactly the limit goes on', async () => {
    const shopper = await newShopper(payments);
    const before = payments.stripe.calls.length;
    const answers = await Promise.all(Array.from({ length: 200 }, () => shopper.create('stripe')));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(20);
    expect(statuses.filter((status) => status === 429)).toHaveLength(180);
    expect(payments.stripe.calls.length - before).toBe(20);
    const refused = answers.find(({ status }) => status === 429);
    expect(refused?.body.code).toBe('rate_limited');
    const wait = Number(refused?.headers['retry-after']);
    expect(wait).toBeGreaterThanOrEqual(54);
    expect(wait).toBeLessThanOrEqual(66);
    expect(refused?.headers.ratelimit).toBe(`"per-user";r=0;t=${wait}`);
  });

  it('is a limit for each user and each route, and ends with its window', async () => {
    const [one, other] = [await newShopper(payments), await newShopper(payments)];
    for (let times = 0; times < 20; times += 1) await one.create('stripe');
    expect((await one.create('stripe')).status).toBe(429);
    expect((await other.create('stripe')).status).toBe(201);
    expect((await one.history()).status).toBe(200);
    // Sessions live by the real clock, so the counts grow old instead.
    await payments.admin.query('update private.rate_limits set slot = slot - 11');
    expect((await one.create('stripe')).status).toBe(201);
  });

  it('costs no round trip where the session is looked up, one where an access token is believed', async () => {
    const { headers } = await signIn(payments.admin);
    await payments.send({ path: '/api/payments/history', headers });
    expect(statements.filter((text) => text.includes('limit('))).toHaveLength(1);
    expect(statements).toHaveLength(2);
    expect(statements[0]).toContain('private.sessions');
  });
});

describe('per address', () => {
  let auth: AuthTest;
  beforeEach(() => {
    auth = accounts.start({ limitFactor: 1 });
  });

  const knock = (sourceIp: string, headers: Readonly<Record<string, string>> = {}, body: unknown = {}) =>
    auth.send({ path: '/api/auth/signup', method: 'POST', body, headers, sourceIp });

  const DISGUISES: readonly ((n: number) => Readonly<Record<string, string>>)[] = [
    (n) => ({ 'X-Forwarded-For': `203.0.113.${n}` }),
    (n) => ({ 'x-forwarded-for': `198.51.100.${n}, 203.0.113.9` }),
    (n) => ({ 'X-FORWARDED-FOR': `10.0.0.${n}`, 'X-Forwarded-Host': `h${n}` }),
    (n) => ({ 'X-Real-IP': `203.0.113.${n}` }),
    (n) => ({ 'X-Client-IP': `203.0.113.${n}`, 'X-Cluster-Client-IP': `203.0.113.${n}` }),
    (n) => ({ 'True-Client-IP': `203.0.113.${n}`, 'CF-Connecting-IP': `203.0.113.${n}` }),
    (n) => ({ Forwarded: `for=203.0.113.${n};proto=https`, Via: `1.1 proxy-${n}` }),
    (n) => ({ 'User-Agent': `agent ${n}`, Cookie: `__Host-tandem_device=${n}; a=${n}`, Origin: '' }),
  ];

  it('no header makes another source of it', async () => {
    const statuses: number[] = [];
    for (let n = 0; n < 100; n += 1) {
      const disguise = DISGUISES[n % DISGUISES.length]?.(n) ?? {};
      statuses.push((await knock('203.0.113.77', disguise)).status);
    }
    expect(statuses.filter((status) => status !== 429)).toHaveLength(20);
    expect(statuses.slice(20).every((status) => status === 429)).toBe(true);
  });

  it('nor does another spelling of the address or of the path', async () => {
    const paths = [
      '/api/auth/signup',
      '/api/auth/signup/',
      '//api/auth/signup',
      '/API/auth/SignUp',
      '/api/auth/sign%75p',
    ];
    const addresses = [
      '198.51.100.7',
      '::ffff:198.51.100.7',
      '::FFFF:c633:6407',
      '0:0:0:0:0:ffff:198.51.100.7',
    ];
    let passed = 0;
    for (let n = 0; n < 60; n += 1) {
      const { status } = await auth.send({
        path: paths[n % paths.length] ?? '',
        method: 'POST',
        body: {},
        sourceIp: addresses[n % addresses.length] ?? '',
      });
      if (status !== 429) passed += 1;
    }
    expect(passed).toBe(20);
  });

  it('all of an IPv6 /64 is one source, the next one another', async () => {
    let passed = 0;
    for (let n = 0; n < 60; n += 1) {
      const { status } = await knock(
        `2001:db8:7:9:${(n * 977).toString(16)}:${n.toString(16)}::${n.toString(16)}`,
      );
      if (status !== 429) passed += 1;
    }
    expect(passed).toBe(20);
    expect((await knock('2001:db8:7:9::1')).status).toBe(429);
    expect((await knock('2001:db8:7:a::1')).status).toBe(400);
  });

  it('is asked before the body is read and before anybody is identified', async () => {
    for (let n = 0; n < 20; n += 1) await knock('192.0.2.4');
    const answer = await knock('192.0.2.4', { 'Content-Type': 'text/plain' }, 'no JSON at all');
    expect([answer.status, answer.body.code]).toEqual([429, 'rate_limited']);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(3_200);
    expect((await auth.get('profile', bearer('nonsense'))).status).toBe(401);
  });

  it('leaves nothing of a request in the table but its source', async () => {
    await auth.post('signin', { email: 'canary@example.test', password: 'x'.repeat(12) });
    await auth.post('reset-password', { email: 'Canary@example.test' });
    const { rows } = await accounts.admin.query<{ key: string }>('select key from private.rate_limits');
    const keys = rows.map(({ key }) => key).join('\n');
    expect(keys).not.toMatch(/canary|example\.test|@/i);
    expect(keys).toMatch(/^account POST \/api\/auth\/signin account [\w-]{32}$/m);
    expect(keys).toMatch(/^address POST \/api\/auth\/reset-password 203\.0\.113\.7$/m);
  });
});
