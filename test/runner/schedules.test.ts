import { nextRun } from '../../local/schedules/next-run';
import { runSchedules } from '../../local/schedules/run-schedules';

describe('next run of a schedule', () => {
  const after = new Date('2026-11-22T18:03:20Z'); // a Sunday

  test.each([
    ['rate(5 minutes)', '2026-11-22T18:08:20.000Z'],
    ['rate(1 hour)', '2026-11-22T19:03:20.000Z'],
    ['rate(2 days)', '2026-11-24T18:03:20.000Z'],
    ['cron(0 3 * * ? *)', '2026-11-23T03:00:00.000Z'],
    ['cron(0/15 * * * ? *)', '2026-11-22T18:15:00.000Z'],
    ['cron(5,35 18-19 * * ? *)', '2026-11-22T18:05:00.000Z'],
    ['cron(0 8 ? * MON-FRI *)', '2026-11-23T08:00:00.000Z'],
    ['cron(0 0 1 JAN ? *)', '2027-01-01T00:00:00.000Z'],
    ['cron(30 18 29 2 ? *)', '2028-02-29T18:30:00.000Z'],
    ['cron(0 12 ? * 1 2026)', '2026-11-29T12:00:00.000Z'],
  ])('%s', (expression, expected) => {
    expect(nextRun(expression, after).toISOString()).toBe(expected);
  });

  test('an expression that nobody understands is an error', () => {
    expect(() => nextRun('every day', after)).toThrow('not a schedule expression: every day');
  });
});

describe('a machine that slept', () => {
  beforeEach(() => jest.useFakeTimers({ now: new Date('2026-11-22T18:03:20Z') }));
  afterEach(() => jest.useRealTimers());

  test('runs a schedule once when it wakes, and then as before', async () => {
    let runs = 0;
    const schedules = runSchedules({
      schedules: [
        { name: 'Sweep', expression: 'rate(1 minute)', enabled: true, functionArn: 'arn', input: {} },
      ],
      region: 'eu-central-1',
      account: '000000000000',
      invoke: async () => {
        runs += 1;
        return { requestId: '', payload: '', durationMs: 0 };
      },
      log: () => undefined,
    });

    jest.setSystemTime(new Date('2026-11-23T07:00:00Z'));
    await jest.advanceTimersByTimeAsync(60_000);
    const whenItWoke = runs;
    await jest.advanceTimersByTimeAsync(180_000);
    schedules.close();

    expect([whenItWoke, runs]).toEqual([1, 4]);
  });
});
