import { Duration } from 'aws-cdk-lib';
import { Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

export type ScheduledTaskProps = {
  readonly fn: LambdaFunction;
  readonly every: Duration;
  /** The event that the function gets. */
  readonly input: Readonly<Record<string, string>>;
};

/**
 * Calls a function again and again. A run that fails is not repeated, because the next one does the same work; it is
 * kept in `failures` to be seen.
 */
export class ScheduledTask extends Construct {
  readonly failures: Queue;

  constructor(scope: Construct, id: string, { fn, every, input }: ScheduledTaskProps) {
    super(scope, id);
    this.failures = new Queue(this, 'Failures', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    const onlyWhileFresh = { retryAttempts: 0, maxEventAge: every };
    // Two ways to fail: the function ran and threw, and the function could not be called at all.
    fn.configureAsyncInvoke({ ...onlyWhileFresh, onFailure: new SqsDestination(this.failures) });
    const target = new LambdaTarget(fn, {
      ...onlyWhileFresh,
      event: RuleTargetInput.fromObject(input),
      deadLetterQueue: this.failures,
    });
    new Rule(this, 'Rule', { schedule: Schedule.rate(every), targets: [target] });
  }
}
