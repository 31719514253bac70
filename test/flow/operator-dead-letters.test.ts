import { randomUUID } from 'node:crypto';
import { readAwsAccess } from '#shared/config/aws-access';
import { type AwsRequest, type AwsTarget, awsRequest } from '#shared/config/aws-request';
import { isAppError } from '#shared/errors/app-error';
import { deadLetterQueue } from '#shared/queue/dead-letters';
import { messagesSender } from '#shared/queue/send-messages';
import { type QueueServer, startQueueServer } from '../../local/queue/start-queue-server';
import { type AwsStub, startAwsStub } from '../support/aws-stub';
import { auditLines, newOperator, type Operator } from '../support/operator';
import { type PaymentTest, startPaymentTest } from '../support/payment-service';
import { providerMessage } from '../support/sqs-event';

const event = { id: 'evt_dead', type: 'charge.succeeded' };

describe('the operator', () => {
  let test: PaymentTest;
  let operator: Operator;
  beforeAll(async () => {
    test = await startPaymentTest();
    operator = await newOperator(test);
  });
  afterAll(() => test.close());

  it('sees how many there are, how old, and of what, but not what they say', async () => {
    expect((await operator.get('dead-letters')).body).toEqual({
      success: true,
      count: 0,
      oldest_age_seconds: null,
      data: [],
    });
    const sentAt = Date.now() - 3_600_000;
    test.queue.dead.push(
      { messageId: 'm-2', sentAt: sentAt + 60_000, body: 'of no JSON' },
      { messageId: 'm-1', sentAt, body: JSON.stringify(providerMessage(event)) },
    );
    const { status, body } = await operator.get('dead-letters');
    expect([status, body]).toEqual([
      200,
      {
        success: true,
        count: 2,
        oldest_age_seconds: expect.any(Number),
        data: [
          {
            message_id: 'm-1',
            event: { provider: 'stripe', id: 'evt_dead', type: 'charge.succeeded' },
            change: null,
            sent_at: new Date(sentAt).toISOString(),
          },
          { message_id: 'm-2', event: null, change: null, sent_at: new Date(sentAt + 60_000).toISOString() },
        ],
      },
    ]);
    expect(body.oldest_age_seconds).toBeGreaterThanOrEqual(3600);
  });

  it('has them tried again, and leaves a line', async () => {
    test.queue.dead.splice(0, 99, { messageId: 'm-3', sentAt: 1, body: '{}' });
    const { status, body } = await operator.post('dead-letters/redrive');
    expect([status, body]).toEqual([202, { success: true, task: 'task-1', count: 1 }]);
    expect(test.queue.dead).toEqual([]);
    expect(await auditLines(test, 'dead_letters.redrive')).toEqual([
      expect.objectContaining({ actor_id: operator.userId, target: 'provider-events', before: { count: 1 } }),
    ]);
  });

  it('sees which changes of the database nobody could handle, and has those tried again', async () => {
    const { rows } = await test.admin.query<{ id: string }>(
      `insert into private.changes (table_name, operation, key, attempts, handled_at)
       values ('messages', 'INSERT', '{"id": "m"}', 5, null), ('private.outbox', 'INSERT', '{"id": "o"}', 5, now()) returning id`,
    );
    const ids = [...rows.map(({ id }) => id), randomUUID()];
    const bodies = [...ids.map((id) => JSON.stringify({ version: 1, id })), '{}'];
    test.queue.deadChanges.push(
      ...bodies.map((body, at) => ({ messageId: `c-${at}`, sentAt: 1_000 + at, body })),
    );
    const queue = 'database-changes';
    const { body } = await operator.get('dead-letters', { queue });
    const common = { operation: 'INSERT', attempts: 5, changed_at: expect.any(String) };
    expect([body.count, body.data.map((letter: { change: unknown }) => letter.change)]).toEqual([
      4,
      [
        { ...common, id: ids[0], table: 'messages', key: { id: 'm' }, handled: false },
        { ...common, id: ids[1], table: 'private.outbox', key: { id: 'o' }, handled: true },
        null,
        null,
      ],
    ]);

    test.queue.dead.push({ messageId: 'm-4', sentAt: 1, body: '{}' });
    const { status, body: moved } = await operator.post('dead-letters/redrive', { queue });
    expect([status, moved.count]).toEqual([202, 4]);
    expect([test.queue.deadChanges, test.queue.dead.splice(0)]).toEqual([[], [expect.anything()]]);
    expect((await auditLines(test, 'dead_letters.redrive')).at(-1)).toMatchObject({
      target: queue,
      before: { count: 4 },
    });
  });

  it('knows no other queue', async () => {
    const queue = 'account-mails';
    const answers = [
      await operator.get('dead-letters', { queue }),
      await operator.post('dead-letters/redrive', { queue }),
    ];
    expect(answers.map(({ body }) => body.code)).toEqual(['request_invalid', 'request_invalid']);
  });

  it('is told when the queue is away', async () => {
    test.queue.isAway = true;
    const answers = [await operator.get('dead-letters'), await operator.post('dead-letters/redrive')];
    test.queue.isAway = false;
    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [503, 'queue_unavailable'],
      [503, 'queue_unavailable'],
    ]);
  });
});

const accessTo = (url: string): AwsRequest =>
  awsRequest(
    readAwsAccess({
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_ENDPOINT_URL_SQS: url,
    }),
    async () => undefined,
  );

describe('SQS, as the local runner has it', () => {
  let server: QueueServer;
  let request: AwsRequest;
  let [queueUrl, deadUrl] = ['', ''];

  const ask = (action: string, input: Record<string, unknown>) =>
    request({
      service: 'sqs',
      target: `AmazonSQS.${action}` as AwsTarget,
      jsonVersion: '1.0',
      input,
      timeoutMs: 2_000,
      attempts: 1,
    }) as Promise<{ QueueUrl: string; Messages?: { Body: string; MessageId: string }[] }>;

  beforeEach(async () => {
    server = await startQueueServer({
      region: 'us-east-1',
      account: '000000000000',
      port: 0,
      file: ':memory:',
    });
    request = accessTo(server.url);
    deadUrl = (await ask('CreateQueue', { QueueName: 'dead' })).QueueUrl;
    const policy = { deadLetterTargetArn: 'arn:aws:sqs:us-east-1:000000000000:dead', maxReceiveCount: 1 };
    const Attributes = { VisibilityTimeout: '0', RedrivePolicy: JSON.stringify(policy) };
    queueUrl = (await ask('CreateQueue', { QueueName: 'work', Attributes })).QueueUrl;
  });
  afterEach(() => server.close());

  const receive = async () =>
    (await ask('ReceiveMessage', { QueueUrl: queueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 0 }))
      .Messages ?? [];

  it('takes many messages in batches of ten', async () => {
    await messagesSender(request, queueUrl)(Array.from({ length: 23 }, (_, n) => ({ n })));
    const { Attributes } = (await ask('GetQueueAttributes', {
      QueueUrl: queueUrl,
      AttributeNames: ['ApproximateNumberOfMessages'],
    })) as unknown as { Attributes: Record<string, string> };
    expect(Attributes.ApproximateNumberOfMessages).toBe('23');
  });

  it('shows dead letters to any number of lookers and moves them back', async () => {
    await messagesSender(request, queueUrl)(['a', 'b', 'c']);
    expect(await receive()).toHaveLength(3);
    expect(await receive()).toEqual([]); // they have had their one try
    const letters = deadLetterQueue(request, deadUrl);
    for (const _ of [1, 2]) {
      const { count, messages } = await letters.peek(10);
      expect([count, messages.map(({ body }) => body).sort()]).toEqual([3, ['"a"', '"b"', '"c"']]);
      expect(messages.every(({ sentAt }) => Math.abs(Date.now() - sentAt) < 60_000)).toBe(true);
    }
    expect(await letters.redrive()).toEqual(expect.any(String));
    expect(await letters.count()).toBe(0);
    expect(await receive()).toHaveLength(3);
  });
});

describe('SQS, when it does not answer as wished', () => {
  let aws: AwsStub;
  beforeEach(async () => {
    aws = await startAwsStub();
  });
  afterEach(() => aws.close());

  const queue = 'https://sqs.us-east-1.amazonaws.com/1/events';
  const codeOf = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'done',
      (error: unknown) =>
        (['conflict', 'queue_unavailable'] as const).find((code) => isAppError(error, code)) ?? String(error),
    );

  it('a message that was not taken fails the call, also where the others were', async () => {
    aws.otherwise = { body: { Successful: [{ Id: '0' }], Failed: [{ Id: '1' }] } };
    expect(await codeOf(messagesSender(accessTo(aws.url), queue)(['a', 'b']))).toBe('queue_unavailable');
    aws.otherwise = { status: 500, body: {} };
    expect(await codeOf(messagesSender(accessTo(aws.url), queue)(['a']))).toBe('queue_unavailable');
  });

  it('large messages go in as few requests as their size allows', async () => {
    aws.otherwise = { body: { Successful: [{ Id: '0' }, { Id: '1' }] } };
    const large = 'x'.repeat(120_000);
    await messagesSender(accessTo(aws.url), queue)([large, large, large, large]);
    expect(aws.requests).toHaveLength(2);
    expect(aws.requests.every(({ body }) => body.length < 262_144)).toBe(true);
  });

  it('a second move is refused as what it is', async () => {
    aws.answers.push(
      { body: { Attributes: { QueueArn: 'arn:aws:sqs:us-east-1:1:dead' } } },
      {
        status: 400,
        body: {
          __type: 'com.amazonaws.sqs#UnsupportedOperation',
          message:
            'There is already a task running. Only one active task is allowed for a source queue arn at a given time.',
        },
      },
    );
    expect(await codeOf(deadLetterQueue(accessTo(aws.url), queue).redrive())).toBe('conflict');
    expect(JSON.parse(aws.requests[1]?.body ?? '')).toEqual({ SourceArn: 'arn:aws:sqs:us-east-1:1:dead' });
  });

  it('an answer without a handle is no success', async () => {
    aws.otherwise = { body: { Attributes: { QueueArn: 'arn:aws:sqs:us-east-1:1:dead' } } };
    expect(await codeOf(deadLetterQueue(accessTo(aws.url), queue).redrive())).toBe('queue_unavailable');
    aws.otherwise = 'cut';
    expect(await codeOf(deadLetterQueue(accessTo(aws.url), queue).peek(10))).toBe('queue_unavailable');
  });
});
