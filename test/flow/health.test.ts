import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { awsRequest } from '#shared/config/aws-request';
import { type Database, makeDatabase } from '#shared/database/pool';
import { type HttpHandler, httpHandler } from '#shared/http/http-handler';
import { fetchKeySet } from '#shared/identity/fetch-key-set';
import { queueAsker } from '#shared/queue/ask-queue';
import { version } from '../../package.json';
import { healthContract } from '../../services/health/contract';
import { ping } from '../../services/health/sql/ping';
import type { HealthParts } from '../../services/health/wire-service';
import { wireService } from '../../services/health/wire-service';
import { call } from '../support/api-event';
import { type AwsStub, startAwsStub } from '../support/aws-stub';
import { bundleEntry } from '../support/entry-process';
import { type LogLine, makeKeptLog } from '../support/kept-log';
import { createTestDatabase, type TestDatabase } from '../support/postgres';

let testDatabase: TestDatabase;
let database: Database;
let queue: AwsStub;
let supabase: Server;
let supabaseUrl: string;
let keySets = 0;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = makeDatabase({
    connectionString: testDatabase.urlFor('tandem_health'),
    applicationName: 'health',
  });
  queue = await startAwsStub();
  queue.otherwise = { status: 200, body: { Attributes: { QueueArn: 'arn' } } };
  supabase = createServer((_request, response) => {
    keySets += 1;
    response.end('{"keys":[]}');
  });
  await new Promise<void>((done) => supabase.listen(0, '127.0.0.1', done));
  supabaseUrl = `http://127.0.0.1:${(supabase.address() as AddressInfo).port}`;
});

afterAll(async () => {
  supabase.closeAllConnections();
  await new Promise((done) => supabase.close(done));
  await queue.close();
  await database.close();
  await testDatabase.drop();
});

const access = () => ({
  region: 'eu-central-1',
  credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  endpoints: { sqs: queue.url },
});

const start = (probes: Partial<HealthParts['probes']> = {}) => {
  const { log, lines } = makeKeptLog();
  let shift = 0;
  const handler: HttpHandler = httpHandler({
    log,
    service: async () =>
      wireService({
        probes: {
          database: () => ping(database),
          supabase: () => fetchKeySet(supabaseUrl, 1_000),
          queue: queueAsker(awsRequest(access()), `${queue.url}/1/events`, 1_000),
          ...probes,
        },
        timeoutMs: 200,
        version: '1.2.3',
        now: () => Date.now() + shift,
        log,
      }),
  });
  const advance = (ms: number): void => {
    shift += ms;
  };
  return { get: (path = '/api/health') => call(handler, { path }), lines, advance };
};

const up = { status: 'up', latencyMs: expect.any(Number) };
const down = { status: 'down', latencyMs: expect.any(Number) };
const broken = () => Promise.reject(new Error('secret reason'));

test('all is well, with and without the slash', async () => {
  const { get } = start();
  for (const path of ['/api/health', '/api/health/']) {
    const answer = await get(path);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      success: true,
      status: 'ok',
      version: '1.2.3',
      dependencies: { database: up, supabase: up, queue: up },
    });
    expect(await healthContract.getHealth.success.body['~standard'].validate(answer.body)).toEqual({
      value: answer.body,
    });
  }
});

test.each([
  ['database', 503, 'unavailable'],
  ['queue', 503, 'unavailable'],
  ['supabase', 200, 'degraded'],
] as const)('without %s: %i %s', async (name, status, word) => {
  const { get, lines } = start({ [name]: broken });
  const answer = await get();
  expect(answer.status).toBe(status);
  expect(answer.body).toMatchObject({
    success: status === 200,
    status: word,
    dependencies: { [name]: down },
  });
  expect(answer.headers['retry-after']).toBe(status === 503 ? '5' : undefined);
  expect(JSON.stringify([answer, lines])).not.toContain('secret');
  expect(lines.filter(({ level }: LogLine) => level === 'warn')).toMatchObject([
    { fields: { dependency: name } },
  ]);
});

test('a kept connection that SQS has closed while nobody asked is no queue that is down', async () => {
  const { get, advance } = start();
  await get();
  queue.answers.push('cut');
  advance(60_000);
  expect((await get()).body).toMatchObject({ status: 'ok', dependencies: { queue: up } });
});

test('a dependency that hangs is down after its time, and holds up no other', async () => {
  const { get } = start({
    database: () => new Promise(() => undefined),
    supabase: () => new Promise(() => undefined),
  });
  const started = Date.now();
  const answer = await get();
  expect(answer.status).toBe(503);
  expect(answer.body.dependencies).toMatchObject({ database: down, supabase: down, queue: up });
  expect(Date.now() - started).toBeLessThan(1_000);
});

test('a flood asks the dependencies once in two seconds', async () => {
  const { get, advance } = start();
  const before = { keySets, queue: queue.requests.length };
  await Promise.all(Array.from({ length: 200 }, () => get()));
  await get();
  expect(keySets - before.keySets).toBe(1);
  expect(queue.requests.length - before.queue).toBe(1);
  advance(2_001);
  await get();
  expect(keySets - before.keySets).toBe(2);
});

test('really asks: a queue that is not there, a Supabase that answers nonsense', async () => {
  queue.answers.push({ status: 400, body: { __type: 'com.amazonaws.sqs#QueueDoesNotExist' } });
  expect((await start().get()).body.dependencies.queue).toEqual(down);
  const html = createServer((_request, response) => response.end('<html>'));
  await new Promise<void>((done) => html.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(html.address() as AddressInfo).port}`;
  expect((await start({ supabase: () => fetchKeySet(url, 1_000) }).get()).body.dependencies.supabase).toEqual(
    down,
  );
  html.closeAllConnections();
  await new Promise((done) => html.close(done));
});

test('as it is deployed: says what its configuration lacks in the log alone, and works once it is there', async () => {
  const bundle = bundleEntry('health');
  const env = {
    DATABASE_URL: testDatabase.urlFor('tandem_health'),
    SUPABASE_URL: supabaseUrl,
    EVENT_QUEUE_URL: `${queue.url}/1/events`,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'a',
    AWS_SECRET_ACCESS_KEY: 'b',
    AWS_ENDPOINT_URL_SQS: queue.url,
  };
  const request = { path: '/api/health' };
  const { results, log } = await bundle.run([{ request }, { env, request }]);
  bundle.remove();

  expect(results[0]).toMatchObject({ status: 500, body: { code: 'internal' } });
  expect(log).toContain('DATABASE_URL (missing)');
  expect(results[1]).toMatchObject({ status: 200, body: { status: 'ok', version }, undici: [], sdks: [] });
  expect(bundle.gzipBytes).toBeLessThanOrEqual(120_000);
});
