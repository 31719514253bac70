import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LimitCheck } from '#shared/http/rate-limiter';
import { openRedisLimitStore } from '#shared/limits/redis-limit-store';
import { freePort } from '../../local/ports/free-port';
import { bundleEntry } from '../support/entry-process';
import { TEST_ACCOUNT_KEY } from '../support/wide-limits';

/** Needs a server on this machine; where there is none, the tests say so and are skipped. */
const SERVER = ['valkey-server', 'redis-server'].find(
  (name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0,
);

type Store = Awaited<ReturnType<typeof openRedisLimitStore>>;

let keys = 0;
const newCheck = (limit: number, windowMs = 60_000): LimitCheck => {
  keys += 1;
  return { key: `user GET /api/things ${keys}`, limit, windowMs };
};

(SERVER === undefined ? describe.skip : describe)('counts in Valkey or Redis', () => {
  let server: ChildProcess;
  let store: Store;
  let url: string;

  beforeAll(async () => {
    const port = await freePort();
    url = `redis://127.0.0.1:${port}`;
    server = spawn(
      SERVER ?? '',
      ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
      { stdio: 'ignore' },
    );
    await sleep(200);
    store = await openRedisLimitStore(url);
    for (let tries = 0; tries < 20; tries += 1) {
      const up = await store.take(newCheck(1), 0).catch(() => null);
      if (up !== null) return;
      await sleep(100);
    }
    throw new Error(`${SERVER} does not answer`);
  });
  afterAll(async () => {
    store.close();
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill();
    await ended;
  });

  it('lets exactly the limit through of two hundred at the same moment, over several clients', async () => {
    const check = newCheck(20);
    const stores = await Promise.all(Array.from({ length: 4 }, () => openRedisLimitStore(url)));
    const counts = await Promise.all(
      Array.from({ length: 200 }, (_, index) => stores[index % 4]?.take(check, 0)),
    );
    for (const one of stores) one.close();
    expect(counts.filter((count) => count?.allowed)).toHaveLength(20);
    const refused = counts.find((count) => count?.allowed === false);
    expect(refused?.remaining).toBe(0);
    expect(refused?.resetMs).toBeGreaterThan(50_000);
    expect(refused?.resetMs).toBeLessThanOrEqual(66_000);
  });

  it('counts each key for itself, and says what is left', async () => {
    const check = newCheck(3);
    const counts = [await store.take(check, 0), await store.take(check, 0), await store.take(newCheck(3), 0)];
    expect(counts.map(({ allowed, remaining }) => [allowed, remaining])).toEqual([
      [true, 2],
      [true, 1],
      [true, 2],
    ]);
  });

  it('never lets more than the limit through in a window of any position', async () => {
    const check = newCheck(5, 1_000);
    const passed: number[] = [];
    const until = Date.now() + 2_500;
    while (Date.now() < until) {
      const before = performance.now();
      const { allowed } = await store.take(check, 0);
      if (allowed) passed.push(before);
      await sleep(13);
    }
    expect(passed.length).toBeGreaterThanOrEqual(8);
    // Read before the call, so a little earlier than Redis read it.
    for (const at of passed) {
      expect(passed.filter((other) => other >= at && other < at + 990).length).toBeLessThanOrEqual(5);
    }
  });

  it('is where a function as deployed counts: no database is asked, and 121 calls are one too many', async () => {
    const bundle = bundleEntry('auth');
    const request = { path: '/api/auth/csrf-token' };
    const { results } = await bundle.run(
      Array.from({ length: 121 }, () => ({ request })),
      {
        // Nobody listens at any of these.
        DATABASE_URL: 'postgres://tandem_auth:x@127.0.0.1:1/postgres',
        SUPABASE_URL: 'http://127.0.0.1:1',
        SUPABASE_PUBLISHABLE_KEY: 'sb_publishable_x',
        SITE_URL: 'http://127.0.0.1:4000/',
        PROVIDER_MODE: 'test',
        ACCOUNT_KEYS: TEST_ACCOUNT_KEY,
        MAIL_QUEUE_URL: 'http://127.0.0.1:1/000000000000/mails',
        SIGN_IN_STEP_MS: '0',
        AWS_REGION: 'eu-central-1',
        AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
        AWS_SECRET_ACCESS_KEY: 'secret',
        REDIS_URL: url,
      },
    );
    bundle.remove();
    const statuses = results.map(({ status }) => status);
    expect(statuses.slice(0, 120).every((status) => status === 200)).toBe(true);
    expect(statuses.at(-1)).toBe(429);
    expect(results[0]?.sdks.join()).toContain('ioredis');
  });

  it('takes a call back, and never more than there were', async () => {
    const check = newCheck(1);
    expect((await store.take(check, 0)).allowed).toBe(true);
    await store.giveBack(check);
    for (let times = 0; times < 3; times += 1) await store.giveBack(check);
    expect((await store.take(check, 0)).allowed).toBe(true);
    expect((await store.take(check, 0)).allowed).toBe(false);
  });
});

it('fails soon where no server answers', async () => {
  const store = await openRedisLimitStore(`redis://127.0.0.1:${await freePort()}`);
  const started = performance.now();
  await expect(store.take(newCheck(1), 0)).rejects.toThrow();
  expect(performance.now() - started).toBeLessThan(1_500);
  store.close();
});
