import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from '../../local/postgres/stop-stale-postgres';
import { type FixtureFunction, startFixtureFunction } from './fixture-function';

describe('a function process', () => {
  const started: FixtureFunction[] = [];
  const start: typeof startFixtureFunction = (...values) => {
    const fixture = startFixtureFunction(...values);
    started.push(fixture);
    return fixture;
  };
  afterEach(async () => {
    await Promise.all(started.splice(0).map(({ running }) => running.close()));
  });

  test('keeps its memory between calls and starts cold once', async () => {
    const { running } = start('let n = 0; exports.handler = async (event) => ({ n: ++n, got: event.x });');

    const first = await running.invoke({ x: 1 });
    const second = await running.invoke({ x: 2 });

    expect(JSON.parse(first.payload)).toEqual({ n: 1, got: 1 });
    expect(JSON.parse(second.payload)).toEqual({ n: 2, got: 2 });
    expect(first.initMs).toBeGreaterThan(0);
    expect(second.initMs).toBeUndefined();
  });

  test('sees the environment and context that AWS gives', async () => {
    const { running } = start(`exports.handler = async (event, context) => ({
      id: context.awsRequestId, left: context.getRemainingTimeInMillis(), memory: context.memoryLimitInMB,
      name: process.env.AWS_LAMBDA_FUNCTION_NAME, region: process.env.AWS_REGION, stage: process.env.STAGE,
      home: process.env.HOME, node: process.version.split('.')[0],
    });`);

    const { payload, requestId } = await running.invoke({});

    const seen = JSON.parse(payload);
    expect(seen).toMatchObject({
      id: requestId,
      memory: '256',
      name: 'Fixture1234',
      region: 'us-east-1',
      stage: 'test',
      node: 'v24',
    });
    expect(seen.home).toBeUndefined();
    expect(seen.left).toBeGreaterThan(4000);
    expect(seen.left).toBeLessThanOrEqual(5000);
  });

  test('serves one call at a time: parallel calls get processes of their own, which are used again', async () => {
    const { running } = start(
      `exports.handler = async () => { await new Promise((r) => setTimeout(r, 150)); return process.pid; };`,
    );

    const answers = await Promise.all([1, 2, 3].map(() => running.invoke({})));
    const again = await running.invoke({});

    const pids = answers.map(({ payload }) => payload);
    expect(new Set(pids).size).toBe(3);
    expect(pids).toContain(again.payload);
    expect(running.pids()).toHaveLength(3);
  });

  test('calls beyond the cap wait; beyond a reservation they are throttled', async () => {
    const code = `exports.handler = async () => { await new Promise((r) => setTimeout(r, 100)); return process.pid; };`;
    const capped = start(code, {}, { maxInstances: 1 }).running;
    const reserved = start(code, { reservedConcurrency: 1 }).running;

    const waited = await Promise.all([capped.invoke({}), capped.invoke({})]);
    const refused = await Promise.all([reserved.invoke({}), reserved.invoke({})]);

    expect(waited[0]?.payload).toBe(waited[1]?.payload);
    expect(refused.map(({ throttled }) => throttled)).toEqual([undefined, true]);
  });

  test('an error becomes the error object, and the process lives on', async () => {
    const { running } = start(
      `exports.handler = async (event) => { if (event.bad) throw new TypeError('no such thing'); return process.pid; };`,
    );

    const before = await running.invoke({});
    const failed = await running.invoke({ bad: true });
    const after = await running.invoke({});

    expect(failed.functionError).toBe('Unhandled');
    expect(JSON.parse(failed.payload)).toMatchObject({
      errorType: 'TypeError',
      errorMessage: 'no such thing',
    });
    expect(after.payload).toBe(before.payload);
  });

  test('a timeout kills the process and says so in the words of AWS', async () => {
    const { running, lines } = start(
      `exports.handler = () => new Promise(() => setInterval(() => {}, 1000));`,
      {
        timeoutMs: 300,
      },
    );

    const outcome = await running.invoke({});

    const expected = `RequestId: ${outcome.requestId} Error: Task timed out after 0.30 seconds`;
    expect(JSON.parse(outcome.payload)).toEqual({ errorType: 'Sandbox.Timedout', errorMessage: expected });
    expect(lines.join('\n')).toContain('Task timed out after 0.3 seconds');
    expect(running.pids()).toEqual([]);
  });

  test('a crash is an outcome, and the next call gets a new process', async () => {
    const { running } = start(
      `exports.handler = async (event) => { if (event.die) process.exit(7); return process.pid; };`,
    );

    const before = await running.invoke({});
    const crashed = await running.invoke({ die: true });
    const after = await running.invoke({});

    expect(JSON.parse(crashed.payload).errorType).toBe('Runtime.ExitError');
    expect(JSON.parse(crashed.payload).errorMessage).toContain('exit status 7');
    expect(after.functionError).toBeUndefined();
    expect(after.payload).not.toBe(before.payload);
  });

  test('a handler that cannot be loaded fails each call with the reason', async () => {
    const { running } = start(`throw new Error('missing setting');`);

    const outcome = await running.invoke({});

    expect(outcome.functionError).toBe('Unhandled');
    expect(JSON.parse(outcome.payload)).toMatchObject({ errorMessage: 'missing setting' });
  });

  test('an answer over six megabytes is refused', async () => {
    const { running } = start(`exports.handler = async () => 'x'.repeat(7 * 1024 * 1024);`);

    const outcome = await running.invoke({});

    expect(JSON.parse(outcome.payload).errorType).toBe('Function.ResponseSizeTooLarge');
  });

  test('new code is swapped in without dropping the call in flight', async () => {
    const { running, writeCode } = start(
      `exports.handler = async () => { await new Promise((r) => setTimeout(r, 200)); return 'old'; };`,
    );

    const inFlight = running.invoke({});
    await sleep(100);
    running.replaceCode(writeCode(`exports.handler = async () => 'new';`));
    const [old, fresh] = await Promise.all([inFlight, running.invoke({})]);

    expect(old.payload).toBe('"old"');
    expect(fresh.payload).toBe('"new"');
    expect(running.pids()).toHaveLength(1);
  });

  test('no process is left after close', async () => {
    const { running } = start(`exports.handler = async () => process.pid;`);
    const { payload } = await running.invoke({});

    await running.close();

    expect(isAlive(Number(payload))).toBe(false);
  });

  test('an idle process ends after a while', async () => {
    const { running } = start(`exports.handler = async () => process.pid;`, {}, { idleMs: 50 });
    const { payload } = await running.invoke({});

    await sleep(250);

    expect(running.pids()).toEqual([]);
    expect(isAlive(Number(payload))).toBe(false);
  });
});
