import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { SECRET_KEYS_METADATA } from '../../lib/constructs/secret-store';
import { WorkQueue } from '../../lib/constructs/work-queue';
import { SECRETS } from '../../lib/secret-catalogue';
import { functionsOf, resourcesOf, statementsOf, synthStage } from './synth-stage';

const { api, stateful, config } = synthStage('production');
const FOURTEEN_DAYS = 14 * 24 * 3600;

describe('the queue of provider events', () => {
  test('hides a message for six times as long as the reconciler may take', () => {
    const timeout = functionsOf(api).get('reconcile')?.Timeout ?? Number.NaN;
    stateful.hasResourceProperties('AWS::SQS::Queue', {
      VisibilityTimeout: 6 * timeout,
      RedrivePolicy: Match.anyValue(),
    });
  });

  test('gives up after five tries and keeps what it gave up on for 14 days', () => {
    stateful.hasResourceProperties('AWS::SQS::Queue', {
      RedrivePolicy: {
        maxReceiveCount: 5,
        deadLetterTargetArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('DeadLetters'), 'Arn'] },
      },
    });
    stateful.allResourcesProperties('AWS::SQS::Queue', { MessageRetentionPeriod: FOURTEEN_DAYS });
  });

  test('is encrypted, and deaf to whoever comes without TLS', () => {
    for (const template of [stateful, api]) {
      template.allResourcesProperties('AWS::SQS::Queue', { SqsManagedSseEnabled: true });
      const refusals = resourcesOf(template, 'AWS::SQS::QueuePolicy').filter(([, { Properties }]) =>
        JSON.stringify(Properties).includes('"aws:SecureTransport":"false"'),
      );
      expect(refusals).toHaveLength(resourcesOf(template, 'AWS::SQS::Queue').length);
    }
  });

  test('feeds the reconciler in batches of ten, of which single messages may fail, a bounded number at a time', () => {
    api.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      BatchSize: 10,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: config.reconcileConcurrency },
      FunctionName: { Ref: Match.stringLikeRegexp('^Reconcile') },
    });
  });

  test('refuses a consumer that may run longer than it hides a message for', () => {
    const stack = new Stack(new App(), 'Small');
    const queue = new WorkQueue(stack, 'Work', {
      consumerTimeout: Duration.seconds(30),
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const slow = new LambdaFunction(stack, 'Slow', {
      code: Code.fromInline('//'),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      timeout: Duration.seconds(31),
    });
    expect(() => queue.connect(slow, { maxConcurrency: 2 })).toThrow('Small/Slow may run longer');
  });
});

describe('the queue of mails about accounts', () => {
  test('holds each message back for a second: what depends on an account begins after the answer', () => {
    stateful.hasResourceProperties('AWS::SQS::Queue', {
      DelaySeconds: 1,
      VisibilityTimeout: 6 * (functionsOf(api).get('mail')?.Timeout ?? Number.NaN),
      RedrivePolicy: {
        maxReceiveCount: 5,
        deadLetterTargetArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^AccountMailsDeadLetters'), 'Arn'] },
      },
    });
  });

  test('feeds the mail function, of whose messages single ones may fail', () => {
    api.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      FunctionName: { Ref: Match.stringLikeRegexp('^Mail') },
      EventSourceArn: { 'Fn::ImportValue': Match.stringLikeRegexp('AccountMailsQueue') },
    });
  });
});

describe('the queue of changes in the database', () => {
  test('hides a message for six times as long as the function may take, and keeps what it gave up on', () => {
    stateful.hasResourceProperties('AWS::SQS::Queue', {
      VisibilityTimeout: 6 * (functionsOf(api).get('changes')?.Timeout ?? Number.NaN),
      RedrivePolicy: {
        maxReceiveCount: 5,
        deadLetterTargetArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^DatabaseChangesDeadLetters'), 'Arn'] },
      },
    });
  });

  test('feeds the function of changes, of whose messages single ones may fail', () => {
    api.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      FunctionName: { Ref: Match.stringLikeRegexp('^Changes') },
      EventSourceArn: { 'Fn::ImportValue': Match.stringLikeRegexp('DatabaseChangesQueue') },
    });
  });

  test('may be fed its dead letters again by the payment function, as that of events may', () => {
    const role = functionsOf(api).get('payment')?.Role['Fn::GetAtt'][0] ?? '';
    const queuesOf = (action: string): string =>
      JSON.stringify(
        statementsOf(api, role)
          .filter(({ Action }) => [Action].flat().includes(action))
          .map(({ Resource }) => Resource),
      );
    for (const name of ['ProviderEvents', 'DatabaseChanges']) {
      expect(queuesOf('sqs:StartMessageMoveTask')).toContain(`${name}DeadLetters`);
      expect(queuesOf('sqs:SendMessage')).toContain(`${name}Queue`);
    }
  });

  test('is looked after every minute by a sweep that ends before the next', () => {
    api.hasResourceProperties('AWS::Events::Rule', {
      ScheduleExpression: 'rate(1 minute)',
      State: 'ENABLED',
      Targets: [Match.objectLike({ Input: '{"task":"changes"}' })],
    });
    expect(functionsOf(api).get('sweepChanges')?.Timeout).toBeLessThan(60);
  });
});

describe('the sweep', () => {
  test('of open payments runs every five minutes with the task that it is to do', () => {
    api.hasResourceProperties('AWS::Events::Rule', {
      ScheduleExpression: 'rate(5 minutes)',
      State: 'ENABLED',
      Targets: [Match.objectLike({ Input: '{"task":"open-payments"}' })],
    });
  });

  test('of what the providers list runs every hour', () => {
    api.hasResourceProperties('AWS::Events::Rule', {
      ScheduleExpression: 'rate(1 hour)',
      State: 'ENABLED',
      Targets: [Match.objectLike({ Input: '{"task":"provider-events"}' })],
    });
  });

  test('of the days that are over runs once a day, when the statements are complete', () => {
    api.hasResourceProperties('AWS::Events::Rule', {
      ScheduleExpression: 'cron(10 4 * * ? *)',
      State: 'ENABLED',
      Targets: [Match.objectLike({ Input: '{"task":"daily-totals"}' })],
    });
  });

  test('ends before the next one starts', () => {
    expect(functionsOf(api).get('sweep')?.Timeout).toBeLessThan(5 * 60);
  });

  test('leaves a trace when it fails and when it cannot be started', () => {
    const failures = { 'Fn::GetAtt': [Match.stringLikeRegexp('Failures'), 'Arn'] };
    api.allResourcesProperties('AWS::Lambda::EventInvokeConfig', {
      MaximumRetryAttempts: 0,
      DestinationConfig: { OnFailure: { Destination: failures } },
    });
    const called = resourcesOf(api, 'AWS::Events::Rule').map(([, { Properties }]) => {
      const { Targets } = Properties as { readonly Targets: readonly [{ readonly Arn: unknown }] };
      return JSON.stringify(Targets[0].Arn);
    });
    api.resourceCountIs('AWS::Lambda::EventInvokeConfig', new Set(called).size);
    api.allResourcesProperties('AWS::Events::Rule', {
      Targets: [Match.objectLike({ DeadLetterConfig: { Arn: failures } })],
    });
  });
});

describe('the secrets', () => {
  test('list their keys as metadata', () => {
    const made = resourcesOf(stateful, 'AWS::SecretsManager::Secret').map(([, { Properties, Metadata }]) => [
      Properties?.Description,
      Metadata?.[SECRET_KEYS_METADATA],
    ]);
    expect(made).toEqual(Object.values(SECRETS).map(({ description, keys }) => [description, keys]));
  });

  test('are made with one constant placeholder: a changed one would be written over the values of operators', () => {
    for (const [, { Properties }] of resourcesOf(stateful, 'AWS::SecretsManager::Secret')) {
      expect(Properties).not.toHaveProperty('SecretString');
      expect(Properties?.GenerateSecretString).toEqual({
        GenerateStringKey: 'PLACEHOLDER',
        SecretStringTemplate: '{}',
      });
    }
  });
});
