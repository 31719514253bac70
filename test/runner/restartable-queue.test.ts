import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RestartableQueue, startRestartableQueue } from '../../local/queue/restartable-queue';
import { makeSqsClient, type SqsClient } from '../../local/queue/sqs-client';

describe('a queue server that goes away and comes back', () => {
  let queue: RestartableQueue;
  let sqs: SqsClient;
  let QueueUrl: string;

  beforeEach(async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'tandem-queue-')), 'queue.sqlite');
    queue = await startRestartableQueue({ port: 0, file, region: 'us-east-1', account: '000000000000' });
    sqs = makeSqsClient(queue.url, 'us-east-1');
    ({ QueueUrl } = (await sqs('CreateQueue', { QueueName: 'events' })) as { QueueUrl: string });
  });
  afterEach(() => queue.close());

  it('keeps messages, and hides those under way as long as before', async () => {
    await sqs('SendMessage', { QueueUrl, MessageBody: 'one' });
    await sqs('SendMessage', { QueueUrl, MessageBody: 'two' });
    await sqs('ReceiveMessage', { QueueUrl, MaxNumberOfMessages: 1 });
    queue.advance(10_000);

    await queue.restart(20);

    expect(queue.counts('events')).toEqual({ visible: 1, inFlight: 1, delayed: 0 });
    queue.advance(20_001); // 30 s since it was received
    expect(queue.counts('events')).toEqual({ visible: 2, inFlight: 0, delayed: 0 });
  });

  it('refuses while it is away, and cuts those who wait for messages', async () => {
    const waiting = sqs('ReceiveMessage', { QueueUrl, WaitTimeSeconds: 20 }).catch(() => 'cut');
    await sqs('ListQueues', {}); // the wait has begun

    const restarted = queue.restart(200);
    await expect(waiting).resolves.toBe('cut');
    await expect(sqs('SendMessage', { QueueUrl, MessageBody: 'lost' })).rejects.toThrow();
    await restarted;

    await expect(sqs('SendMessage', { QueueUrl, MessageBody: 'arrived' })).resolves.toBeDefined();
    expect(queue.peek('events')).toEqual(['arrived']);
  });
});
