import { Duration } from 'aws-cdk-lib';
import { Rule, RuleTargetInput, type Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { EventInvokeConfigOptions, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

export type ScheduledTaskProps = {
  readonly fn: LambdaFunction;
  readonly schedule: Schedule;
  /** A call that could not be made within this time is given up: the next one does its work. */
  readonly freshFor: Duration;
  /** The event that the function gets. */
  readonly input: Readonly<Record<string, string>>;
  /** Where another task of the same function keeps its failures: a function has one such place. Default: a new queue. */
  readonly failures?: Queue;
};

/** Long enough to be seen. Longer, and the alarm would stay on after what is over, and not tell of the next failure. */
const FAILURES_KEPT = Duration.days(1);

/**
 * Calls a function again and again. A run that fails is not repeated, because the next one does the same work; it is
 * kept in `failures` to be seen.
 */
export class ScheduledTask extends Construct {
  readonly failures: Queue;
  readonly rule: Rule;

  constructor(scope: Construct, id: string, props: ScheduledTaskProps) {
    super(scope, id);
    const { fn, schedule, freshFor, input } = props;
    const onlyWhileFresh = { retryAttempts: 0, maxEventAge: freshFor };
    // Two ways to fail: the function ran and threw, and the function could not be called at all.
    this.failures = props.failures ?? this.keepFailures(fn, onlyWhileFresh);
    const target = new LambdaTarget(fn, {
      ...onlyWhileFresh,
      event: RuleTargetInput.fromObject(input),
      deadLetterQueue: this.failures,
    });
    this.rule = new Rule(this, 'Rule', { schedule, targets: [target] });
  }

  private keepFailures(fn: LambdaFunction, options: EventInvokeConfigOptions): Queue {
    const failures = new Queue(this, 'Failures', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: FAILURES_KEPT,
    });
    // Not by CDK's SqsDestination, which also allows what only a client that looks the queue up by name would need.
    fn.addToRolePolicy(new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [failures.queueArn] }));
    fn.configureAsyncInvoke({ ...options, onFailure: { bind: () => ({ destination: failures.queueArn }) } });
    return failures;
  }
}
