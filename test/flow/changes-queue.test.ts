import { randomUUID } from 'node:crypto';
import type { SQSEvent } from 'aws-lambda';
import { type Poller, pollQueue } from '../../local/queue/poll-queue';
import { makeSqsClient, type SqsClient } from '../../local/queue/sqs-client';
import { type QueueServer, startQueueServer } from '../../local/queue/start-queue-server';
import { type ChangeWorker, openChangeWorker } from '../support/change-worker';
import { type Conversing, openConversing, type Person } from '../support/conversing';

const AWS = { region: 'us-east-1', account: '000000000000' };
const HIDDEN_SECONDS = 120;

let talk: Conversing;
let server: QueueServer;
let sqs: SqsClient;
let worker: ChangeWorker;
let poller: Poller;
let ada: Person;
let ben: Person;
let conversation: string;

beforeAll(async () => {
  talk = await openConversing();
  [ada, ben] = await Promise.all([talk.newPerson('Ada'), talk.newPerson('Ben')]);
  conversation = await talk.start(ada, ben);
  worker = openChangeWorker(talk.adminUrl);
  server = await startQueueServer({ ...AWS, port: 0, file: ':memory:' });
  sqs = makeSqsClient(server.url, AWS.region);
  await sqs('CreateQueue', { QueueName: 'dead' });
  const RedrivePolicy = JSON.stringify({
    deadLetterTargetArn: 'arn:aws:sqs:us-east-1:000000000000:dead',
    maxReceiveCount: 5,
  });
  const Attributes = { VisibilityTimeout: String(HIDDEN_SECONDS), RedrivePolicy };
  await sqs('CreateQueue', { QueueName: 'changes', Attributes });
  poller = pollQueue({
    source: {
      queueArn: 'arn:aws:sqs:us-east-1:000000000000:changes',
      functionArn: 'changes',
      batchSize: 10,
      batchingWindowSeconds: 0,
      maxConcurrency: 2,
      reportBatchItemFailures: true,
      enabled: true,
    },
    queueUrl: server.urlOf('changes'),
    region: AWS.region,
    sqs,
    invoke: async (event) => {
      const failed = await worker.handle(event as SQSEvent);
      const payload = { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
      return { requestId: 'r', durationMs: 1, payload: JSON.stringify(payload) };
    },
    onBatch: () => undefined,
    waitSeconds: 1,
  });
});
afterAll(async () => {
  await poller.close();
  await server.close();
  await worker.close();
  await talk.close();
});

const until = async (condition: () => Promise<boolean>): Promise<void> => {
  const end = Date.now() + 5_000;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error('it has not come to that');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};
const attemptsOf = async (id: string): Promise<number> => {
  const [row] = await talk.admin<{ attempts: number }>('select attempts from private.changes where id = $1', [
    id,
  ]);
  return row?.attempts ?? 0;
};
const enqueue = (...ids: readonly string[]) =>
  Promise.all(
    ids.map((id) =>
      sqs('SendMessage', {
        QueueUrl: server.urlOf('changes'),
        MessageBody: JSON.stringify({ version: 1, id }),
      }),
    ),
  );

test('a change that cannot be handled reaches the dead letters, and keeps nothing from the others', async () => {
  // Of a table that nobody handles.
  const [poison] = await talk.admin<{ id: string }>(
    `insert into private.changes (table_name, operation, key) values ('nowhere', 'INSERT', '{"id": "x"}') returning id`,
  );
  const message = randomUUID();
  await talk.send(ada, conversation, 'Hello', message);
  const [change] = await talk.admin<{ id: string }>(
    `select id from private.changes where key ->> 'id' = $1`,
    [message],
  );
  const id = poison?.id ?? '';
  await enqueue(id, change?.id ?? '');

  await until(async () => (await ben.ask('select from public.notifications')).length === 1);
  for (let round = 1; round <= 5; round += 1) {
    await until(async () => (await attemptsOf(id)) === round && server.counts('changes').inFlight === 1);
    server.advance(HIDDEN_SECONDS * 1000);
  }
  await until(async () => server.counts('dead').visible === 1);

  expect(server.counts('changes')).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
  const later = Date.now() + 20 * 60_000;
  expect(await worker.sweep(later)).toEqual({ sent: 0, forgotten: 0, waiting: 1 });
});
