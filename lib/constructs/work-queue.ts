import { Duration, type RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { EventSourceMapping, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

/** The longest that SQS keeps a message: a weekend and a week to notice. */
const RETENTION = Duration.days(14);

/** How often a message is tried before it goes to the dead letters. */
const MAX_RECEIVE_COUNT = 5;

/** AWS's rule: a batch that is retried by throttling must not become visible while it is still being worked on. */
const VISIBILITY_PER_TIMEOUT = 6;

export type WorkQueueProps = {
  /** Timeout of the function that will consume it. */
  readonly consumerTimeout: Duration;
  /** How long each message waits before it can be received. Default: not at all. */
  readonly delay?: Duration;
  readonly removalPolicy: RemovalPolicy;
};

export type ConsumerOptions = {
  /** Batches that are worked on at a time; SQS takes 2 to 1,000. */
  readonly maxConcurrency: number;
};

/** A queue whose messages are tried five times and then kept aside for a person to look at. */
export class WorkQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;
  private readonly consumerTimeout: Duration;

  constructor(scope: Construct, id: string, { consumerTimeout, delay, removalPolicy }: WorkQueueProps) {
    super(scope, id);
    const common = {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: RETENTION,
      removalPolicy,
    };
    this.consumerTimeout = consumerTimeout;
    this.deadLetters = new Queue(this, 'DeadLetters', common);
    this.queue = new Queue(this, 'Queue', {
      ...common,
      ...(delay && { deliveryDelay: delay }),
      visibilityTimeout: Duration.seconds(consumerTimeout.toSeconds() * VISIBILITY_PER_TIMEOUT),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: MAX_RECEIVE_COUNT },
    });
  }

  /**
   * Feeds the queue to a function in batches of ten, of which single messages may fail.
   *
   * @throws Error when the function may run longer than the queue was made for
   */
  connect(fn: LambdaFunction, { maxConcurrency }: ConsumerOptions): void {
    const timeout = fn.timeout?.toSeconds() ?? Number.POSITIVE_INFINITY;
    if (timeout > this.consumerTimeout.toSeconds()) {
      throw new Error(`${fn.node.path} may run longer than ${this.node.path} hides a message for`);
    }
    this.allow(fn, 'sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes');
    new EventSourceMapping(fn, 'Queue', {
      target: fn,
      eventSourceArn: this.queue.queueArn,
      batchSize: 10,
      reportBatchItemFailures: true,
      maxConcurrency,
    });
  }

  /** Lets a function put messages on the queue, and tells it where it is. */
  grantSend(fn: LambdaFunction, variable = 'EVENT_QUEUE_URL'): void {
    this.allow(fn, 'sqs:SendMessage');
    fn.addEnvironment(variable, this.queue.queueUrl);
  }

  /**
   * Lets a function look at the dead letters and have SQS move them back, which it does with the rights of who asks
   * (docs.aws.amazon.com/AWSSimpleQueueService, "Configure queue permissions for DLQ redrive").
   */
  grantRedrive(fn: LambdaFunction, variable = 'DEAD_LETTERS_URL'): void {
    this.allow(fn, 'sqs:SendMessage');
    const actions = [
      'sqs:GetQueueAttributes',
      'sqs:ReceiveMessage',
      'sqs:DeleteMessage',
      'sqs:StartMessageMoveTask',
    ];
    fn.addToRolePolicy(new PolicyStatement({ actions, resources: [this.deadLetters.queueArn] }));
    fn.addEnvironment(variable, this.deadLetters.queueUrl);
  }

  /** Lets a function ask how long the queue is, and tells it where it is. */
  grantMeasure(fn: LambdaFunction): void {
    this.allow(fn, 'sqs:GetQueueAttributes');
    fn.addEnvironment('EVENT_QUEUE_URL', this.queue.queueUrl);
  }

  private allow(fn: LambdaFunction, ...actions: string[]): void {
    fn.addToRolePolicy(new PolicyStatement({ actions, resources: [this.queue.queueArn] }));
  }
}
