import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerControl, type ControlParts } from '../../local/control/answer-control';
import { runSchedules } from '../../local/schedules/run-schedules';

describe('control of the runner', () => {
  const calls: unknown[] = [];
  const schedules = runSchedules({
    region: 'us-east-1',
    account: '000000000000',
    log: () => undefined,
    schedules: [
      {
        name: 'SweepOpenPayments/Rule',
        expression: 'rate(5 minutes)',
        functionArn: 'sweep',
        input: { task: 'open-payments' },
        enabled: true,
      },
    ],
    invoke: async (functionArn, event) => {
      calls.push([functionArn, event]);
      return { requestId: 'r', payload: '{"checked":3}', durationMs: 1 };
    },
  });
  const running = { pids: () => [11, 12], signal: () => 2 };
  const parts = {
    schedules,
    functions: { byName: new Map([['payment', running]]) },
    queue: { allCounts: () => ({ work: { visible: 1, inFlight: 0, delayed: 0 } }) },
  } as unknown as ControlParts;
  let server: Server;
  let base = '';
  beforeAll(async () => {
    server = createServer(async (request, response) => {
      if (!(await answerControl(async () => parts, request, response))) response.end('the API');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    schedules.close();
    server.close();
    server.closeAllConnections();
  });
  const send = (method: string, path: string, headers = {}) => fetch(`${base}${path}`, { method, headers });

  test('says what runs', async () => {
    const response = await send('GET', '/_tandem/status');

    expect(await response.json()).toEqual({
      functions: { payment: [11, 12] },
      schedules: ['SweepOpenPayments/Rule'],
      queues: { work: { visible: 1, inFlight: 0, delayed: 0 } },
    });
  });

  test('runs a schedule now, with the input of the template', async () => {
    const response = await send('POST', '/_tandem/schedules/SweepOpenPayments/Rule');

    expect(await response.json()).toMatchObject({ payload: '{"checked":3}' });
    expect(calls).toEqual([['sweep', { task: 'open-payments' }]]);
  });

  test('kills the processes of a function', async () => {
    const response = await send('POST', '/_tandem/functions/payment/kill');

    expect(await response.json()).toEqual({ killed: 2 });
  });

  test.each([
    ['POST', '/_tandem/schedules/Nothing'],
    ['POST', '/_tandem/functions/nobody/kill'],
    ['GET', '/_tandem/functions/payment/kill'],
  ])('%s %s is unknown', async (method, path) => {
    expect((await send(method, path)).status).toBe(404);
  });

  test('a web page may not use it', async () => {
    const response = await send('POST', '/_tandem/functions/payment/kill', { origin: 'https://evil.test' });

    expect(response.status).toBe(403);
  });

  test('everything else is for the API', async () => {
    expect(await (await send('GET', '/api/health')).text()).toBe('the API');
  });
});
