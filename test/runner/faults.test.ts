import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { startFixtureFunction } from './fixture-function';

describe('faults in a function process', () => {
  const received: string[] = [];
  const server = createServer((request, response) => {
    received.push(request.url ?? '');
    response.end('done');
  });
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
  afterAll(() => void server.close());

  const code = () => `
    const http = require('node:http');
    const call = (path) => new Promise((resolve, reject) => http
      .get({ host: '127.0.0.1', port: ${(server.address() as AddressInfo).port}, path, agent: false }, (r) => r.resume().on('end', resolve))
      .on('error', reject));
    exports.handler = async () => {
      await call('/first');
      console.log('between');
      await call('/second');
      return process.pid;
    };`;

  beforeEach(() => received.splice(0));

  test.each([
    [{ kind: 'before-send', text: 'GET /second' } as const, ['/first']],
    [{ kind: 'after-send', text: 'GET /first' } as const, ['/first']],
    [{ kind: 'before-receive', text: 'done' } as const, ['/first']],
    [{ kind: 'output', text: 'between' } as const, ['/first']],
  ])('SIGKILL at %o strikes there and nowhere else', async (at, expected) => {
    const { running } = startFixtureFunction(code());
    await running.invoke({});
    received.splice(0);

    running.injectFault({ at, signal: 'SIGKILL' });
    const killed = await running.invoke({});
    await sleep(30);
    const paths = [...received];
    const next = await running.invoke({});
    await running.close();

    expect(JSON.parse(killed.payload).errorMessage).toContain('signal: SIGKILL');
    expect(paths).toEqual(expected);
    expect(next.functionError).toBeUndefined();
  });

  test('a frozen process goes on where it stood when it is thawed', async () => {
    const { running } = startFixtureFunction(code());

    running.injectFault({ at: { kind: 'output', text: 'between' }, signal: 'SIGSTOP' });
    const call = running.invoke({});
    await sleep(600);
    const whileFrozen = [...received];
    running.signal('SIGCONT');
    const outcome = await call;
    await running.close();

    expect(whileFrozen).toEqual(['/first']);
    expect(outcome.functionError).toBeUndefined();
    expect(received).toEqual(['/first', '/second']);
  });

  test('kill -9 of every process at once is an outcome for the call in flight', async () => {
    const { running } = startFixtureFunction(
      'exports.handler = () => new Promise(() => setInterval(() => {}, 9e3));',
    );

    const call = running.invoke({});
    while (running.pids().length === 0) await sleep(10);
    await sleep(100);
    running.signal('SIGKILL');
    const outcome = await call;
    await running.close();

    expect(JSON.parse(outcome.payload).errorType).toBe('Runtime.ExitError');
  });
});
