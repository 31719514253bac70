import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { type QueueServer, startQueueServer } from '../../local/queue/start-queue-server';

const AWS = { region: 'us-east-1', account: '000000000000' };

describe('SQS server, driven by the AWS SDK', () => {
  let server: QueueServer;
  let client: SQSClient;
  let QueueUrl = '';
  let dlqUrl = '';
  const connect = (url: string) =>
    new SQSClient({
      endpoint: url,
      region: AWS.region,
      credentials: { accessKeyId: 'x', secretAccessKey: 'y' },
    });
  const receive = (MaxNumberOfMessages = 10, url = QueueUrl) =>
    client
      .send(
        new ReceiveMessageCommand({
          QueueUrl: url,
          MaxNumberOfMessages,
          MessageSystemAttributeNames: ['All'],
        }),
      )
      .then(({ Messages }) => Messages ?? []);

  beforeEach(async () => {
    server = await startQueueServer({ ...AWS, port: 0, file: ':memory:' });
    client = connect(server.url);
    dlqUrl = (await client.send(new CreateQueueCommand({ QueueName: 'dead' }))).QueueUrl ?? '';
    const RedrivePolicy = JSON.stringify({
      deadLetterTargetArn: 'arn:aws:sqs:us-east-1:000000000000:dead',
      maxReceiveCount: 2,
    });
    const Attributes = { VisibilityTimeout: '30', RedrivePolicy };
    QueueUrl = (await client.send(new CreateQueueCommand({ QueueName: 'work', Attributes }))).QueueUrl ?? '';
  });
  afterEach(async () => {
    client.destroy();
    await server.close();
  });

  test('a message with attributes goes through unchanged; the SDK checks the digests', async () => {
    const MessageAttributes = {
      kind: { DataType: 'String', StringValue: 'charge' },
      raw: { DataType: 'Binary', BinaryValue: Buffer.from([1, 2, 255]) },
    };
    const sent = await client.send(
      new SendMessageCommand({ QueueUrl, MessageBody: 'Grüße', MessageAttributes }),
    );

    const command = new ReceiveMessageCommand({ QueueUrl, MessageAttributeNames: ['All'] });
    const { Messages } = await client.send(command);

    expect(Messages?.[0]).toMatchObject({ MessageId: sent.MessageId, Body: 'Grüße' });
    expect(Messages?.[0]?.MD5OfMessageAttributes).toBe(sent.MD5OfMessageAttributes);
    expect(Messages?.[0]?.MessageAttributes?.kind?.StringValue).toBe('charge');
  });

  test('what was received is hidden for the visibility timeout, and counted', async () => {
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'a' }));

    const first = await receive();
    const hidden = await receive();
    server.advance(30_000);
    const second = await receive();

    expect(first).toHaveLength(1);
    expect(hidden).toHaveLength(0);
    expect(second[0]?.Attributes?.ApproximateReceiveCount).toBe('2');
    expect(second[0]?.ReceiptHandle).not.toBe(first[0]?.ReceiptHandle);
  });

  test('after maxReceiveCount receives it is in the dead-letter queue, and can be moved back', async () => {
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'poison' }));
    await receive();
    server.advance(30_000);
    await receive();
    server.advance(30_000);

    const third = await receive();
    const dead = await client.send(
      new GetQueueAttributesCommand({ QueueUrl: dlqUrl, AttributeNames: ['ApproximateNumberOfMessages'] }),
    );
    await client.send(
      new StartMessageMoveTaskCommand({ SourceArn: 'arn:aws:sqs:us-east-1:000000000000:dead' }),
    );
    const back = await receive();

    expect(third).toHaveLength(0);
    expect(dead.Attributes).toEqual({ ApproximateNumberOfMessages: '1' });
    expect(back[0]).toMatchObject({ Body: 'poison', Attributes: { ApproximateReceiveCount: '1' } });
  });

  test('an old receipt handle deletes nothing', async () => {
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'a' }));
    const [first] = await receive();
    server.advance(30_000);
    await receive();

    const Entries = [{ Id: '1', ReceiptHandle: first?.ReceiptHandle }];
    await client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));

    expect(server.counts('work').inFlight).toBe(1);
  });

  test('a long poll wakes up for a new message and for one that becomes visible', async () => {
    const polling = client.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }));
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'late' }));
    const { Messages } = await polling;
    const again = client.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }));
    await client.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl,
        ReceiptHandle: Messages?.[0]?.ReceiptHandle,
        VisibilityTimeout: 0,
      }),
    );

    expect((await again).Messages?.[0]?.Body).toBe('late');
  });

  test('a receiver that hung up takes no message with it', async () => {
    const gone = new AbortController();
    const polling = client.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }), {
      abortSignal: gone.signal,
    });
    setTimeout(() => gone.abort(), 100);
    await expect(polling).rejects.toThrow();
    await new Promise((resolve) => setTimeout(resolve, 50));

    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'a' }));

    expect(server.counts('work')).toEqual({ visible: 1, inFlight: 0, delayed: 0 });
  });

  test('retention ends a message', async () => {
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'old' }));

    server.advance(345_601_000);

    expect(await receive()).toEqual([]);
  });

  test('errors carry the codes that the SDK knows', async () => {
    const missing = client.send(new SendMessageCommand({ QueueUrl: `${QueueUrl}x`, MessageBody: 'a' }));
    await expect(missing).rejects.toMatchObject({ name: 'QueueDoesNotExist' });
    const long = client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x'.repeat(1_048_577) }));
    await expect(long).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  });

  test('a batch fails by entry', async () => {
    const Entries = [
      { Id: 'good', MessageBody: 'a' },
      { Id: 'bad', MessageBody: 'x'.repeat(1_048_577) },
    ];

    const result = await client.send(new SendMessageBatchCommand({ QueueUrl, Entries }));

    expect(result.Successful?.map(({ Id }) => Id)).toEqual(['good']);
    expect(result.Failed?.map(({ Id }) => Id)).toEqual(['bad']);
  });

  test('can be down for one action', async () => {
    server.setTrouble({ fail: ['SendMessage'] });
    const once = new SQSClient({
      endpoint: server.url,
      region: AWS.region,
      maxAttempts: 1,
      credentials: { accessKeyId: 'x', secretAccessKey: 'y' },
    });

    await expect(once.send(new SendMessageCommand({ QueueUrl, MessageBody: 'a' }))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 503 },
    });
    once.destroy();
  });

  test('queues and messages survive a restart', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'tandem-queue-')), 'queue.sqlite');
    const before = await startQueueServer({ ...AWS, port: 0, file });
    const first = connect(before.url);
    await first.send(new CreateQueueCommand({ QueueName: 'kept', Attributes: { VisibilityTimeout: '7' } }));
    await first.send(new SendMessageCommand({ QueueUrl: before.urlOf('kept'), MessageBody: 'still here' }));
    first.destroy();
    await before.close();

    const after = await startQueueServer({ ...AWS, port: 0, file });
    const bodies = after.peek('kept');
    await after.close();

    expect(bodies).toEqual(['still here']);
  });
});
