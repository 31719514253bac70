import type { EventSourceModel, QueueModel } from './model';
import type { Resolve } from './resolve-intrinsics';
import { resourcesOf, type Stack } from './template';

/** Template property -> attribute of the SQS API; the names are the same, the values become strings. */
const ATTRIBUTES = [
  'DelaySeconds',
  'MaximumMessageSize',
  'MessageRetentionPeriod',
  'ReceiveMessageWaitTimeSeconds',
  'VisibilityTimeout',
  'RedrivePolicy',
  'RedriveAllowPolicy',
  'FifoQueue',
  'ContentBasedDeduplication',
];

/** Every queue, with its attributes as CreateQueue takes them. */
export function readQueues(stacks: Stack[], resolve: Resolve): QueueModel[] {
  return resourcesOf(stacks, 'AWS::SQS::Queue').map(({ stack, logicalId, resource }) => {
    const properties = resolve(resource.Properties ?? {}, stack) as Record<string, unknown>;
    const attributes = ATTRIBUTES.filter((name) => properties[name] !== undefined).map((name) => {
      const value = properties[name];
      return [name, typeof value === 'object' ? JSON.stringify(value) : String(value)];
    });
    const get = (attribute: string) => String(resolve({ 'Fn::GetAtt': [logicalId, attribute] }, stack));
    return {
      name: get('QueueName'),
      arn: get('Arn'),
      url: String(resolve({ Ref: logicalId }, stack)),
      attributes: Object.fromEntries(attributes) as Record<string, string>,
    };
  });
}

/**
 * Every mapping from a queue to a function, with AWS's defaults where the template is silent.
 *
 * @throws Error for one from anything but a queue
 */
export function readEventSources(stacks: Stack[], resolve: Resolve): EventSourceModel[] {
  return resourcesOf(stacks, 'AWS::Lambda::EventSourceMapping').map(({ stack, resource }) => {
    const properties = resolve(resource.Properties ?? {}, stack) as Record<string, unknown>;
    const queueArn = String(properties.EventSourceArn);
    if (!queueArn.startsWith('arn:aws:sqs:'))
      throw new Error(`a function is fed by ${queueArn}: by queues alone here`);
    const scaling = properties.ScalingConfig as { MaximumConcurrency?: number } | undefined;
    const responseTypes = (properties.FunctionResponseTypes ?? []) as string[];
    return {
      queueArn,
      functionArn: String(properties.FunctionName), // a name or an ARN: both are accepted by AWS
      batchSize: Number(properties.BatchSize ?? 10),
      batchingWindowSeconds: Number(properties.MaximumBatchingWindowInSeconds ?? 0),
      maxConcurrency: scaling?.MaximumConcurrency,
      reportBatchItemFailures: responseTypes.includes('ReportBatchItemFailures'),
      enabled: properties.Enabled !== false,
    };
  });
}
