import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Match } from 'aws-cdk-lib/assertions';
import { FUNCTION_NAMES } from '../../lib/function-catalogue';
import { stageConfig } from '../../lib/stage-config';
import { resourcesOf, synthStage } from './synth-stage';
import { readAlarm } from './watched-metric';

const { api, stateful } = synthStage('production');

const alarms = resourcesOf(api, 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => readAlarm(Properties));
const on = (metric: string) => alarms.filter(({ MetricName }) => MetricName === metric);

test('somebody is told when a function fails or is throttled', () => {
  for (const metric of ['Errors', 'Throttles']) {
    const watched = on(metric).map(({ Dimensions }) => JSON.stringify(Dimensions));
    expect(new Set(watched).size).toBe(FUNCTION_NAMES.length);
    for (const { Threshold } of on(metric)) expect(Threshold).toBe(0);
  }
});

test('somebody is told of the first message that was given up on', () => {
  const depths = on('ApproximateNumberOfMessagesVisible');
  const queues = depths.map(({ Dimensions }) => JSON.stringify(Dimensions)).join();
  expect(queues).toMatch(/ProviderEventsDeadLetters.*AccountMailsDeadLetters.*SweepOpenPaymentsFailures/);
  for (const { Threshold, EvaluationPeriods } of depths)
    expect([Threshold, EvaluationPeriods]).toEqual([0, 1]);
});

test('somebody is told when an event or a mail waits for more than 15 minutes', () => {
  const waiting = { Threshold: 15 * 60 };
  expect(on('ApproximateAgeOfOldestMessage')).toMatchObject([waiting, waiting, waiting, waiting]);
});

test('somebody is told when clients get a 5xx', () => {
  expect(on('5XXError')).toMatchObject([{ Threshold: 0, Statistic: 'Sum' }]);
});

test('somebody is told when a schedule has stopped, which no failure would show', () => {
  const heartbeat = { Namespace: 'AWS/Events', Threshold: 1, TreatMissingData: 'breaching', filledWith: 0 };
  expect(on('Invocations')).toMatchObject([
    { ...heartbeat, Period: 15 * 60, EvaluationPeriods: 1 },
    { ...heartbeat, Period: 3 * 3600, EvaluationPeriods: 1 },
    { ...heartbeat, Period: 24 * 3600, EvaluationPeriods: 2 },
    { ...heartbeat, Period: 3 * 3600, EvaluationPeriods: 1 },
    { ...heartbeat, Period: 15 * 60, EvaluationPeriods: 1 },
    { ...heartbeat, Period: 15 * 60, EvaluationPeriods: 1 },
  ]);
});

test('each schedule has a heartbeat of its own: one that runs does not hide another that stopped', () => {
  const watched = on('Invocations').map(({ Dimensions }) => {
    const [dimension] = Dimensions;
    const { Ref } = (dimension?.Value ?? {}) as { readonly Ref?: string };
    return [dimension?.Name, Ref];
  });
  const rules = resourcesOf(api, 'AWS::Events::Rule').map(([id]) => ['RuleName', id]);
  expect(watched).toEqual(rules);
});

test('somebody is told of events that contradict us or belong to no payment', () => {
  for (const metric of ['EventReview', 'EventHeld']) {
    expect(on(metric)).toMatchObject([{ Threshold: 0 }, { Threshold: 0 }]);
    expect(JSON.stringify(on(metric).map(({ Dimensions }) => Dimensions))).toMatch(
      /reconcile.*production.*sweep.*production/,
    );
  }
});

test('somebody is told when the books differ from a provider', () => {
  expect(on('DriftOpen')).toMatchObject([{ Namespace: 'Tandem', Threshold: 0, Statistic: 'Maximum' }]);
  expect(JSON.stringify(on('DriftOpen')[0]?.Dimensions)).toMatch(/sweep.*production/);
});

test('somebody is told of mails that were given up on, and of those of which nobody knows', () => {
  for (const metric of ['MailFailed', 'MailUnknown']) {
    const alarm = { Namespace: 'Tandem', Threshold: 0, Statistic: 'Sum' };
    expect(on(metric)).toMatchObject([alarm, alarm]);
    expect(JSON.stringify(on(metric).map(({ Dimensions }) => Dimensions))).toMatch(
      /outbox.*production.*changes/,
    );
  }
});

test('somebody is told of changes that nobody manages to handle, whatever became of their messages', () => {
  expect(on('ChangesWaiting')).toMatchObject([{ Namespace: 'Tandem', Threshold: 0, Statistic: 'Maximum' }]);
  expect(JSON.stringify(on('ChangesWaiting')[0]?.Dimensions)).toMatch(/sweepChanges.*production/);
  const queues = on('ApproximateNumberOfMessagesVisible')
    .map(({ Dimensions }) => JSON.stringify(Dimensions))
    .join();
  expect(queues).toMatch(/DatabaseChangesDeadLetters.*SweepUnhandledChangesFailures/);
});

test('somebody is told when many old session tokens are used again', () => {
  expect(on('SessionTokenReused')).toMatchObject([{ Namespace: 'Tandem/production', Threshold: 10 }]);
  const filters = resourcesOf(api, 'AWS::Logs::MetricFilter').map(([, { Properties }]) => Properties);
  const filter = {
    FilterPattern: '{ $.code = "session_token_reused" }',
    MetricTransformations: [{ MetricName: 'SessionTokenReused', MetricNamespace: 'Tandem/production' }],
  };
  expect(filters).toMatchObject([filter, filter, filter]);
  expect(JSON.stringify(filters)).toMatch(/AuthLogs.*PaymentLogs.*FilesLogs/);
});

test('every alarm goes to the topic, and none but the heartbeat goes off for want of traffic', () => {
  expect(alarms.length).toBeGreaterThan(0);
  for (const { AlarmActions, TreatMissingData, MetricName } of alarms) {
    expect(JSON.stringify(AlarmActions)).toContain('Alarms');
    expect(TreatMissingData).toBe(MetricName === 'Invocations' ? 'breaching' : 'notBreaching');
  }
});

test('the topic lets the alarms of this account publish, over TLS alone', () => {
  stateful.hasResourceProperties('AWS::SNS::TopicPolicy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        Match.objectLike({
          Effect: 'Allow',
          Action: 'sns:Publish',
          Principal: { Service: 'cloudwatch.amazonaws.com' },
          Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
        }),
      ]),
    },
  });
});

test('nobody is subscribed unless an address is given', () => {
  expect(stageConfig('production').alarmEmail).toBeUndefined();
  stateful.resourceCountIs('AWS::SNS::Subscription', 0);
});

test('docs/deploy.md says of every alarm where to look first', () => {
  const page = readFileSync(join(__dirname, '../../docs/deploy.md'), 'utf8');
  const [table = ''] = /^\| Alarm \|[\s\S]*?\n\n/m.exec(page) ?? [];
  const patterns = [...table.matchAll(/^\| (`.+?`) \|/gm)]
    .flatMap(([, cell = '']) => [...cell.matchAll(/`([\w.]+)`/g)])
    .map(([, name = '']) => new RegExp(`^${name.replace('...', '\\w*')}$`));
  const ids = resourcesOf(api, 'AWS::CloudWatch::Alarm').map(([id]) =>
    id.replace(/^ServiceAlarms/, '').replace(/[0-9A-F]{8}$/, ''),
  );
  expect(ids.length).toBeGreaterThan(40);
  expect(ids.filter((id) => !patterns.some((pattern) => pattern.test(id)))).toEqual([]);
  expect(patterns.filter((pattern) => !ids.some((id) => pattern.test(id)))).toEqual([]);
});
