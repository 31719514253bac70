import type { SQSEvent } from 'aws-lambda';
import type { EventSourceModel } from '../../local/assembly/model';
import type { Outcome } from '../../local/lambda/invocation';
import { judgeBatch } from '../../local/queue/judge-batch';
import { type BatchRecord, type Poller, pollQueue } from '../../local/queue/poll-queue';
import { makeSqsClient, type SqsClient } from '../../local/queue/sqs-client';
import { type QueueServer, startQueueServer } from '../../local/queue/start-queue-server';

const AWS = { region: 'us-east-1', account: '000000000000' };
const ok = (payload: unknown): Outcome => ({
  requestId: 'r',
  durationMs: 1,
  payload: JSON.stringify(payload),
});

describe('which messages of a batch are done', () => {
  const ids = ['a', 'b', 'c'];
  const done = (outcome: Outcome, report = true) => [...judgeBatch(ids, outcome, report)];
  const failures = (...list: unknown[]) => ok({ batchItemFailures: list });

  test.each([
    ['nothing returned', ok(null), ids],
    ['an empty object', ok({}), ids],
    ['a null list', ok({ batchItemFailures: null }), ids],
    ['an empty list', failures(), ids],
    ['one id', failures({ itemIdentifier: 'b' }), ['a', 'c']],
    ['all ids', failures(...ids.map((itemIdentifier) => ({ itemIdentifier }))), []],
    ['an unknown id', failures({ itemIdentifier: 'z' }), []],
    ['an empty id', failures({ itemIdentifier: '' }), []],
    ['a null id', failures({ itemIdentifier: null }), []],
    ['a misnamed key', failures({ messageId: 'b' }), []],
    ['a throw', { ...ok({}), functionError: 'Unhandled' as const }, []],
    ['a throttle', { ...ok({}), throttled: true }, []],
  ])('%s', (_name, outcome, expected) => {
    expect(done(outcome)).toEqual(expected);
  });

  test('without ReportBatchItemFailures the answer does not count', () => {
    expect(done(failures({ itemIdentifier: 'b' }), false)).toEqual(ids);
  });
});

describe('event source mapping', () => {
  let server: QueueServer;
  let sqs: SqsClient;
  let poller: Poller | undefined;
  const batches: BatchRecord[] = [];
  const queueUrl = () => server.urlOf('work');
  const source: EventSourceModel = {
    queueArn: 'arn:aws:sqs:us-east-1:000000000000:work',
    functionArn: 'f',
    batchSize: 10,
    batchingWindowSeconds: 0,
    maxConcurrency: 2,
    reportBatchItemFailures: true,
    enabled: true,
  };
  const start = (
    invoke: (event: SQSEvent) => Promise<Outcome>,
    overrides: Partial<EventSourceModel> = {},
  ) => {
    poller = pollQueue({
      source: { ...source, ...overrides },
      queueUrl: queueUrl(),
      region: AWS.region,
      sqs,
      invoke: (event) => invoke(event as SQSEvent),
      onBatch: (record) => void batches.push(record),
      waitSeconds: 1,
    });
  };
  const send = async (...bodies: string[]) => {
    for (const body of bodies) await sqs('SendMessage', { QueueUrl: queueUrl(), MessageBody: body });
  };
  const until = async (condition: () => boolean) => {
    const end = Date.now() + 5000;
    while (!condition() && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(condition()).toBe(true);
  };

  beforeEach(async () => {
    batches.splice(0);
    server = await startQueueServer({ ...AWS, port: 0, file: ':memory:' });
    sqs = makeSqsClient(server.url, AWS.region);
    await sqs('CreateQueue', { QueueName: 'dead' });
    const RedrivePolicy = JSON.stringify({
      deadLetterTargetArn: 'arn:aws:sqs:us-east-1:000000000000:dead',
      maxReceiveCount: 5,
    });
    await sqs('CreateQueue', { QueueName: 'work', Attributes: { VisibilityTimeout: '30', RedrivePolicy } });
  });
  afterEach(async () => {
    await poller?.close();
    await server.close();
  });

  test('hands over the records in the shape of AWS', async () => {
    const events: SQSEvent[] = [];
    start(async (event) => {
      events.push(event);
      return ok(null);
    });

    await send('hello');
    await until(() => batches.length === 1);

    expect(events[0]?.Records).toEqual([
      {
        messageId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        receiptHandle: expect.any(String),
        body: 'hello',
        attributes: {
          ApproximateReceiveCount: '1',
          SentTimestamp: expect.stringMatching(/^\d{13}$/),
          SenderId: expect.any(String),
          ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
        },
        messageAttributes: {},
        md5OfBody: '5d41402abc4b2a76b9719d911017c592',
        eventSource: 'aws:sqs',
        eventSourceARN: source.queueArn,
        awsRegion: 'us-east-1',
      },
    ]);
    expect(server.counts('work')).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
  });

  test('a poison message reaches the dead-letter queue after five receives; its neighbours are handled once', async () => {
    const seen = new Map<string, number>();
    start(async ({ Records }) => {
      for (const { body } of Records) seen.set(body, (seen.get(body) ?? 0) + 1);
      const bad = Records.filter(({ body }) => body === 'poison');
      return ok({ batchItemFailures: bad.map(({ messageId }) => ({ itemIdentifier: messageId })) });
    });

    await send('a', 'poison', 'b');
    for (let round = 1; round <= 5; round += 1) {
      await until(() => seen.get('poison') === round && server.counts('work').inFlight === 1);
      server.advance(30_000);
    }
    await until(() => server.counts('dead').visible === 1);

    expect(Object.fromEntries(seen)).toEqual({ a: 1, b: 1, poison: 5 });
    expect(server.peek('dead')).toEqual(['poison']);
    expect(server.peek('work')).toEqual([]);
  });

  test('a function that throws keeps its whole batch', async () => {
    start(async () => ({ ...ok({}), functionError: 'Unhandled' }));

    await send('a', 'b');
    await until(() => server.counts('work').inFlight === 2);

    expect(batches.every(({ failed, size }) => failed === size)).toBe(true);
  });

  test('no more than maxConcurrency calls at once, in batches of at most the batch size', async () => {
    let now = 0;
    let most = 0;
    const sizes: number[] = [];
    await send(...Array.from({ length: 23 }, (_, index) => String(index)));

    start(
      async ({ Records }) => {
        sizes.push(Records.length);
        now += 1;
        most = Math.max(most, now);
        await new Promise((resolve) => setTimeout(resolve, 30));
        now -= 1;
        return ok(null);
      },
      { batchSize: 4 },
    );
    await until(() => server.peek('work').length === 0);

    expect(most).toBe(2);
    expect(Math.max(...sizes)).toBe(4);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(23);
  });

  test('a batching window gathers what arrives within it', async () => {
    const sizes: number[] = [];
    start(
      async ({ Records }) => {
        sizes.push(Records.length);
        return ok(null);
      },
      { batchingWindowSeconds: 1 },
    );

    await send('a');
    await send('b', 'c');
    await until(() => sizes.length === 1);

    expect(sizes).toEqual([3]);
  });

  test('a queue that is away is tried again', async () => {
    let calls = 0;
    server.setTrouble({ fail: ['ReceiveMessage'] });
    start(async () => {
      calls += 1;
      return ok(null);
    });
    await send('a');
    await new Promise((resolve) => setTimeout(resolve, 100));

    server.setTrouble({ fail: 'none' });

    await until(() => calls === 1);
  });
});
