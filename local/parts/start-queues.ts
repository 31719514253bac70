import type { Assembly } from '../assembly/model';
import type { Log } from '../log/log';
import { type Poller, pollQueue } from '../queue/poll-queue';
import { makeSqsClient } from '../queue/sqs-client';
import type { Functions } from './start-functions';

export type QueuesOptions = {
  endpoint: string;
  region: string;
  functions: Functions;
  log: Log;
};

export type Queues = { close: () => Promise<void> };

/** Creates the template's queues at an SQS endpoint and starts their event source mappings. */
export async function startQueues(assembly: Assembly, options: QueuesOptions): Promise<Queues> {
  const sqs = makeSqsClient(options.endpoint, options.region);
  const urls = new Map<string, string>();
  for (const queue of assembly.queues) {
    const { QueueUrl } = await sqs('CreateQueue', { QueueName: queue.name, Attributes: queue.attributes });
    urls.set(queue.arn, String(QueueUrl));
  }
  const pollers: Poller[] = assembly.eventSources.flatMap((source) => {
    const queueUrl = urls.get(source.queueArn);
    if (!source.enabled || !queueUrl) return [];
    const name = options.functions.nameOf(source.functionArn);
    return [
      pollQueue({
        source,
        queueUrl,
        region: options.region,
        sqs,
        invoke: (event) => options.functions.invoke(source.functionArn, event),
        onBatch: ({ size, failed, durationMs }) =>
          options.log('queue', `${size} message${size === 1 ? '' : 's'} → ${name}`, {
            status: failed > 0 ? 'failed' : 'ok',
            ms: durationMs,
            ...(failed > 0 && { back: failed }),
          }),
      }),
    ];
  });
  return {
    close: async () => {
      await Promise.all(pollers.map((poller) => poller.close()));
    },
  };
}
