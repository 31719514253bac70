import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import cdkJson from '../../cdk.json';
import { defineStacks } from '../../lib/define-stacks';
import { SECRET_NAMES } from '../../lib/secret-catalogue';
import { stageConfig } from '../../lib/stage-config';
import { readAssembly } from '../../local/assembly/read-assembly';
import { CONTRACTS } from '../../local/docs/contracts';
import { matchResource } from '../../local/gateway/match-resource';

const outdir = mkdtempSync(join(tmpdir(), 'tandem-routes-'));
const app = new App({ outdir, analyticsReporting: false, context: cdkJson.context });
defineStacks(app, stageConfig(), () => Code.fromInline('//'));
const assembly = readAssembly(app.synth().directory, {
  account: '000000000000',
  region: 'us-east-1',
  queueUrl: (name) => `http://127.0.0.1:4566/000000000000/${name}`,
});

afterAll(() => rmSync(outdir, { recursive: true, force: true }));

/** Who gets a request, by the id of the function's construct; what the gateway does itself as `gateway`. */
function receiver(method: string, path: string): string {
  const integration = matchResource(assembly.api.routes, method, path)?.route.integration;
  if (integration?.type !== 'lambda') return 'gateway';
  return /:function:(\w+?)[0-9A-F]{8}$/.exec(integration.functionArn)?.[1] ?? integration.functionArn;
}

const routes = Object.entries(CONTRACTS).flatMap(([service, contract]) =>
  Object.values(contract).map(
    ({ method, path }) =>
      [
        method,
        path.replace(/\{\w+\}/g, 'x'),
        `${service.charAt(0).toUpperCase()}${service.slice(1)}`,
      ] as const,
  ),
);

test.each(routes)('%s %s reaches %s, with and without its trailing slash', (method, path, service) => {
  expect(receiver(method, path)).toBe(service);
  expect(receiver(method, `${path}/`)).toBe(service);
});

test('a method that a route does not have still reaches its service, which says so', () => {
  expect(receiver('GET', '/api/payments/webhook/stripe')).toBe('Webhook');
  expect(receiver('DELETE', '/api/health')).toBe('Health');
});

test('a path that no service has is answered by the gateway', () => {
  for (const path of ['/', '/api', '/api/nothing', '/api/authentic', '/api/health/x']) {
    expect(receiver('GET', path)).toBe('gateway');
  }
});

test('pages may ask first what they may send to auth, payments and files, and to nothing else', () => {
  const preflights = assembly.api.routes.filter(({ method }) => method === 'OPTIONS');
  expect(preflights.map(({ resourcePath }) => resourcePath).sort()).toEqual([
    '/api/auth',
    '/api/auth/{proxy+}',
    '/api/files',
    '/api/files/{proxy+}',
    '/api/payments',
    '/api/payments/{proxy+}',
  ]);
});

test('the local runner finds the queues, their consumers, the schedules and every secret', () => {
  const source = { batchSize: 10, reportBatchItemFailures: true };
  expect(assembly.eventSources).toMatchObject([source, source, source, source]);
  expect(assembly.schedules).toMatchObject([
    { expression: 'rate(5 minutes)', input: { task: 'open-payments' }, enabled: true },
    { expression: 'rate(1 hour)', input: { task: 'provider-events' }, enabled: true },
    { expression: 'cron(10 4 * * ? *)', input: { task: 'daily-totals' }, enabled: true },
    { expression: 'rate(1 hour)', input: { task: 'sweep-files' }, enabled: true },
    { expression: 'rate(1 minute)', input: { task: 'changes' }, enabled: true },
    { expression: 'rate(1 minute)', input: { task: 'outbox' }, enabled: true },
  ]);
  expect(assembly.queues).toHaveLength(12);
  expect(assembly.secrets).toHaveLength(SECRET_NAMES.length);
});
