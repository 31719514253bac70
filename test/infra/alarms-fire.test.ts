import { makeCounters } from '#shared/observability/metrics';
import { FUNCTION_NAMES, type FunctionName } from '../../lib/function-catalogue';
import { functionBundle } from '../support/function-bundle';
import { functionsOf, type Resource, resourcesOf, synthStage } from './synth-stage';
import { type Alarm, readAlarm } from './watched-metric';

/** Whether each alarm of the template would go off: a metric that nobody sends, or sends otherwise, never alarms anybody. */
const { api, stateful, config } = synthStage('production');

const alarms = resourcesOf(api, 'AWS::CloudWatch::Alarm').map(([id, { Properties }]) => {
  const alarm = readAlarm(Properties);
  return { id, alarm, dimensions: alarm.Dimensions };
});
const inNamespace = (namespace: RegExp) => alarms.filter(({ alarm }) => namespace.test(alarm.Namespace));

/** How many periods before those asked for CloudWatch looks at as well; it does not say how many there are. */
const FURTHER_BACK = 4;

/**
 * The state after these periods, the oldest first, of which each has the values reported in it. As CloudWatch judges them: by the
 * newest that have data, from as far back as it looks, and only what is lacking then counts as missing (CloudWatch user guide,
 * "How alarm state is evaluated when data is missing").
 */
const stateAfter = (alarm: Alarm, periods: readonly (readonly number[])[]): 'ALARM' | 'OK' => {
  const reported = periods.map((values) => {
    if (values.length === 0) return undefined;
    return alarm.Statistic === 'Sum' ? values.reduce((sum, one) => sum + one, 0) : Math.max(...values);
  });
  const wasEver = reported.some((value) => value !== undefined); // a metric that never was has no gaps to fill
  const real = reported
    .map((value) => value ?? (wasEver ? alarm.filledWith : undefined))
    .filter((value) => value !== undefined)
    .slice(-alarm.EvaluationPeriods);
  const isOver = (value: number): boolean =>
    alarm.ComparisonOperator === 'GreaterThanThreshold' ? value > alarm.Threshold : value < alarm.Threshold;
  const missingIsOver = real.length === alarm.EvaluationPeriods || alarm.TreatMissingData === 'breaching';
  return missingIsOver && real.every(isOver) ? 'ALARM' : 'OK';
};

/** What is reported within a period of each metric when its cause has happened, and when all is well. */
const CAUSES: Readonly<
  Record<string, { readonly bad: readonly number[]; readonly good: readonly number[] }>
> = {
  'AWS/Lambda Errors': { bad: [0, 1, 0], good: [0, 0] },
  'AWS/Lambda Throttles': { bad: [1], good: [0] },
  'AWS/SQS ApproximateNumberOfMessagesVisible': { bad: [0, 1], good: [0] },
  'AWS/SQS ApproximateAgeOfOldestMessage': { bad: [20, 901], good: [0, 899] },
  'AWS/ApiGateway 5XXError': { bad: [0, 1], good: [0] },
  'AWS/Events Invocations': { bad: [], good: [1] },
  'Tandem EventReview': { bad: [1], good: [] },
  'Tandem EventHeld': { bad: [1], good: [] },
  'Tandem MailFailed': { bad: [1], good: [] },
  'Tandem MailUnknown': { bad: [1], good: [] },
  'Tandem ChangesWaiting': { bad: [0, 2], good: [0] },
  'Tandem DriftOpen': { bad: [0, 3], good: [0] },
  // Single ones are devices that lost an answer.
  'Tandem/production SessionTokenReused': { bad: Array.from({ length: 11 }, () => 1), good: [1, 1] },
};

const nameOf = ({ Namespace, MetricName }: Alarm): string => `${Namespace} ${MetricName}`;

test.each(alarms)('$id goes off when its cause has happened, and not while all is well', ({ alarm }) => {
  const cause = CAUSES[nameOf(alarm)];
  if (cause === undefined) throw new Error(`nothing is said here about ${nameOf(alarm)}`);
  const times = (count: number, values: readonly number[]) => Array.from({ length: count }, () => values);
  const before = times(FURTHER_BACK, cause.good);
  expect(stateAfter(alarm, [...before, ...times(alarm.EvaluationPeriods, cause.bad)])).toBe('ALARM');
  expect(stateAfter(alarm, [...before, ...times(alarm.EvaluationPeriods, cause.good)])).toBe('OK');
});

test.each(inNamespace(/^AWS\/Events$/))('$id goes off for what was never called at all', ({ alarm }) => {
  expect(stateAfter(alarm, [[], [], [], [], [], []])).toBe('ALARM');
});

test('no cause is left over', () => {
  expect(new Set(alarms.map(({ alarm }) => nameOf(alarm)))).toEqual(new Set(Object.keys(CAUSES)));
});

/**
 * The dimensions under which AWS reports each namespace, by what they must name (CloudWatch's pages of Lambda, SQS, EventBridge and
 * API Gateway metrics). Other dimensions, or fewer, are another metric, which has no data.
 */
const REPORTED: Readonly<Record<string, Readonly<Record<string, RegExp>>>> = {
  'AWS/Lambda': { FunctionName: /^AWS::Lambda::Function$/ },
  'AWS/SQS': { QueueName: /^AWS::SQS::Queue$/ },
  'AWS/Events': { RuleName: /^AWS::Events::Rule$/ },
  'AWS/ApiGateway': { ApiName: /^tandem-production$/, Stage: /^AWS::ApiGateway::Stage$/ },
};

const resources = new Map<string, Resource>([...resourcesOf(api), ...resourcesOf(stateful)]);

/** The type of the resource that a value of the template names, here or in the other stack; a text as it is. */
const typeNamed = (value: unknown): string => {
  if (typeof value === 'string') return value;
  const text = JSON.stringify(value);
  const id = [...resources.keys()].find((one) => text.includes(`"${one}"`) || text.includes(`GetAtt${one}`));
  return resources.get(id ?? '')?.Type ?? text;
};

test.each(inNamespace(/^AWS\//))(
  '$id watches something that is there, under the dimensions that AWS reports',
  ({ alarm, dimensions }) => {
    const reported = REPORTED[alarm.Namespace] ?? {};
    expect(dimensions.map(({ Name }) => Name).sort()).toEqual(Object.keys(reported));
    for (const { Name, Value } of dimensions) expect(typeNamed(Value)).toMatch(reported[Name] ?? /^$/);
  },
);

test('the API reports its errors for each stage: the metrics of its methods are on', () => {
  const [, stage] = resourcesOf(api, 'AWS::ApiGateway::Stage')[0] ?? [];
  const settings = stage?.Properties?.MethodSettings as { MetricsEnabled: boolean }[];
  expect(settings.map(({ MetricsEnabled }) => MetricsEnabled)).toEqual(settings.map(() => true));
});

interface Emitted {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, unknown>>;
}

/** What a function's counters really write for CloudWatch. */
const emittedBy = (service: string, name: string): Emitted => {
  const stdout = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
  const counters = makeCounters(service, config.name);
  counters.count(name);
  counters.flush();
  const written = String(stdout.mock.calls[0]?.[0]);
  stdout.mockRestore();
  const line = JSON.parse(written);
  const [{ Namespace, Dimensions, Metrics }] = line._aws.CloudWatchMetrics;
  return {
    namespace: Namespace,
    name: Metrics[0].Name,
    dimensions: Object.fromEntries(Dimensions[0].map((key: string) => [key, line[key]])),
  };
};

/** The service that a function gives its counters, and whether the metric's name stands in its code. */
const counts = (name: FunctionName, service: unknown, metric: string): boolean => {
  const { text } = functionBundle(name);
  return text.includes(`makeCounters("${String(service)}"`) && text.includes(`"${metric}"`);
};

test.each(inNamespace(/^Tandem$/))(
  '$id watches what a function counts, as it counts it',
  ({ alarm, dimensions: watched }) => {
    const dimensions = Object.fromEntries(watched.map(({ Name, Value }) => [Name, Value]));
    const emitted = emittedBy(String(dimensions.service), alarm.MetricName);
    expect(emitted).toEqual({ namespace: alarm.Namespace, name: alarm.MetricName, dimensions });
    const counting = FUNCTION_NAMES.filter((name) => counts(name, dimensions.service, alarm.MetricName));
    expect(counting).toEqual([dimensions.service]);
  },
);

test.each(inNamespace(/^Tandem\//))(
  '$id watches lines of logs that a function can write, and that are counted without dimensions',
  ({ alarm, dimensions }) => {
    const filters = resourcesOf(api, 'AWS::Logs::MetricFilter')
      .map(([, { Properties }]) => Properties as unknown as LineFilter)
      .filter(({ MetricTransformations: [made] }) => {
        expect(made).toMatchObject({ MetricValue: '1' });
        expect(made).not.toHaveProperty('Dimensions');
        return made.MetricNamespace === alarm.Namespace && made.MetricName === alarm.MetricName;
      });
    expect(dimensions).toEqual([]);
    expect(filters.length).toBeGreaterThan(0);
    for (const { FilterPattern, LogGroupName } of filters) {
      const [, code = ''] = /^\{ \$\.code = "(\w+)" \}$/.exec(FilterPattern) ?? [];
      const [service] =
        [...functionsOf(api)].find(([, fn]) => fn.LoggingConfig.LogGroup.Ref === LogGroupName.Ref) ?? [];
      expect(functionBundle(service as FunctionName).text).toContain(`AppError("${code}")`);
    }
  },
);

interface LineFilter {
  readonly FilterPattern: string;
  readonly LogGroupName: { readonly Ref: string };
  readonly MetricTransformations: readonly [
    { readonly MetricNamespace: string; readonly MetricName: string },
  ];
}

test('whatever a function counts is watched, but for what is no trouble', () => {
  const harmless = [
    'ChangesSwept',
    'EventApplied',
    'EventIgnored',
    'EventDismissed',
    'MailSent',
    'MailDropped',
  ];
  const watched = new Set(alarms.map(({ alarm }) => alarm.MetricName));
  for (const name of FUNCTION_NAMES) {
    const { text } = functionBundle(name);
    if (!text.includes('makeCounters("')) continue;
    const named = [...text.matchAll(/"((?:Changes|Event|Drift|Mail)[A-Z][a-z]+)"/g)].map(
      ([, metric = '']) => metric,
    );
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((metric) => !watched.has(metric) && !harmless.includes(metric))).toEqual([]);
  }
});

test('every function, queue and schedule of the stage has its alarms', () => {
  const watchedIds = new Set(
    alarms.flatMap(({ dimensions }) =>
      dimensions.flatMap(({ Value }) =>
        [...resources.keys()].filter((id) => {
          const text = JSON.stringify(Value);
          return text.includes(`"${id}"`) || text.includes(`GetAtt${id}`);
        }),
      ),
    ),
  );
  const unwatched = [...resources].filter(
    ([id, { Type }]) =>
      ['AWS::Lambda::Function', 'AWS::SQS::Queue', 'AWS::Events::Rule'].includes(Type) && !watchedIds.has(id),
  );
  expect(unwatched.map(([id]) => id)).toEqual([]);
});
