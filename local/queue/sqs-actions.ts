import { type MessageAttributes, md5, md5OfAttributes } from './message-attributes';
import type { QueueStore, ReceivedMessage } from './queue-store';
import { queueDoesNotExist, SqsError } from './sqs-error';

type Input = Record<string, unknown>;

/** What the actions need besides the store. */
export type ActionContext = {
  store: QueueStore;
  urlOf: (queue: string) => string;
  arnOf: (queue: string) => string;
  /** Waits until the queue may have a visible message, at most `ms`, or until the caller is gone. */
  waitForMessage: (queue: string, ms: number, gone: AbortSignal) => Promise<void>;
  /** Wakes receivers of the queue. */
  wake: (queue: string) => void;
};

/** The actions of the SQS API, by name; each takes and answers the JSON of protocol AmazonSQS 1.0. */
export function sqsActions({ store, urlOf, arnOf, waitForMessage, wake }: ActionContext) {
  const queueOf = (input: Input): string => {
    const name =
      String(input.QueueUrl ?? '')
        .split('/')
        .pop() ?? '';
    if (!store.queueNames().includes(name)) throw queueDoesNotExist();
    return name;
  };
  const nameOfArn = (arn: unknown): string => {
    const name = String(arn).split(':').pop() ?? '';
    if (!store.queueNames().includes(name)) throw queueDoesNotExist();
    return name;
  };

  const sendOne = (queue: string, entry: Input) => {
    if (typeof entry.MessageBody !== 'string' || entry.MessageBody === '') {
      throw new SqsError('MissingParameter', 'The request must contain the parameter MessageBody.');
    }
    const attributes = (entry.MessageAttributes ?? {}) as MessageAttributes;
    const delay = entry.DelaySeconds === undefined ? undefined : Number(entry.DelaySeconds);
    const MessageId = store.send(queue, entry.MessageBody, attributes, delay);
    wake(queue);
    const digest = md5OfAttributes(attributes);
    return {
      MessageId,
      MD5OfMessageBody: md5(entry.MessageBody),
      ...(digest && { MD5OfMessageAttributes: digest }),
    };
  };

  /** Runs each entry alone: one that fails is reported, the others count. */
  const batch = (input: Input, work: (queue: string, entry: Input) => object) => {
    const queue = queueOf(input);
    const entries = (input.Entries ?? []) as Input[];
    if (entries.length === 0)
      throw new SqsError('EmptyBatchRequest', 'There should be at least one entry in the request.');
    if (entries.length > 10) {
      throw new SqsError('TooManyEntriesInBatchRequest', 'Maximum number of entries per request are 10.');
    }
    const Successful: object[] = [];
    const Failed: object[] = [];
    for (const entry of entries) {
      try {
        Successful.push({ Id: entry.Id, ...work(queue, entry) });
      } catch (error) {
        if (!(error instanceof SqsError)) throw error;
        Failed.push({ Id: entry.Id, Code: error.code, Message: error.message, SenderFault: true });
      }
    }
    return { Successful, Failed };
  };

  const changeVisibility = (queue: string, entry: Input) => {
    store.changeVisibility(queue, String(entry.ReceiptHandle), Number(entry.VisibilityTimeout));
    wake(queue);
    return {};
  };

  const remove = (queue: string, entry: Input) => {
    store.delete(queue, String(entry.ReceiptHandle));
    return {};
  };

  const receive = async (input: Input, gone: AbortSignal) => {
    const queue = queueOf(input);
    const wait = Number(
      input.WaitTimeSeconds ?? store.attributesOf(queue).ReceiveMessageWaitTimeSeconds ?? 0,
    );
    const until = Date.now() + wait * 1000;
    const max = Math.min(10, Math.max(1, Number(input.MaxNumberOfMessages ?? 1)));
    const visibility = input.VisibilityTimeout === undefined ? undefined : Number(input.VisibilityTimeout);
    let messages = store.receive(queue, max, visibility);
    while (messages.length === 0 && Date.now() < until) {
      await waitForMessage(queue, until - Date.now(), gone);
      if (gone.aborted) break; // a message given to nobody would be hidden for its visibility timeout
      messages = store.receive(queue, max, visibility);
    }
    return messages.length > 0 ? { Messages: messages.map(toWire) } : {};
  };

  const attributes = (input: Input) => {
    const queue = queueOf(input);
    const { visible, inFlight, delayed } = store.counts(queue);
    const values: Record<string, string> = {
      ...store.attributesOf(queue),
      QueueArn: arnOf(queue),
      ApproximateNumberOfMessages: String(visible),
      ApproximateNumberOfMessagesNotVisible: String(inFlight),
      ApproximateNumberOfMessagesDelayed: String(delayed),
      CreatedTimestamp: String(Math.floor(store.createdAt(queue) / 1000)),
    };
    const names = (input.AttributeNames ?? []) as string[];
    const wanted = Object.entries(values).filter(([name]) => names.includes('All') || names.includes(name));
    return { Attributes: Object.fromEntries(wanted) };
  };

  const actions: Record<string, (input: Input, gone: AbortSignal) => object | Promise<object>> = {
    CreateQueue: (input) => {
      const name = String(input.QueueName);
      if (name.endsWith('.fifo'))
        throw new SqsError('UnsupportedOperation', 'FIFO queues are not part of the local runner.');
      store.putQueue(name, (input.Attributes ?? {}) as Record<string, string>);
      return { QueueUrl: urlOf(name) };
    },
    DeleteQueue: (input) => {
      store.deleteQueue(queueOf(input));
      return {};
    },
    GetQueueUrl: (input) => ({ QueueUrl: urlOf(queueOf({ QueueUrl: input.QueueName })) }),
    ListQueues: (input) => ({
      QueueUrls: store
        .queueNames()
        .filter((name) => name.startsWith(String(input.QueueNamePrefix ?? '')))
        .map(urlOf),
    }),
    GetQueueAttributes: attributes,
    SetQueueAttributes: (input) => {
      store.putQueue(queueOf(input), (input.Attributes ?? {}) as Record<string, string>);
      return {};
    },
    PurgeQueue: (input) => {
      store.purge(queueOf(input));
      return {};
    },
    SendMessage: (input) => sendOne(queueOf(input), input),
    SendMessageBatch: (input) => batch(input, sendOne),
    ReceiveMessage: receive,
    DeleteMessage: (input) => remove(queueOf(input), input),
    DeleteMessageBatch: (input) => batch(input, remove),
    ChangeMessageVisibility: (input) => changeVisibility(queueOf(input), input),
    ChangeMessageVisibilityBatch: (input) => batch(input, changeVisibility),
    ListDeadLetterSourceQueues: (input) => {
      const arn = arnOf(queueOf(input));
      const sources = store
        .queueNames()
        .filter((name) => store.attributesOf(name).RedrivePolicy?.includes(`"${arn}"`));
      return { queueUrls: sources.map(urlOf) };
    },
    StartMessageMoveTask: (input) => {
      const target = input.DestinationArn === undefined ? undefined : nameOfArn(input.DestinationArn);
      store.redriveAll(nameOfArn(input.SourceArn), target);
      for (const name of store.queueNames()) wake(name);
      return { TaskHandle: Buffer.from(`done:${String(input.SourceArn)}`).toString('base64') };
    },
    ListMessageMoveTasks: () => ({ Results: [] }), // a task is over when StartMessageMoveTask answers
  };
  return actions;
}

function toWire(message: ReceivedMessage): object {
  const digest = md5OfAttributes(message.messageAttributes);
  return {
    MessageId: message.messageId,
    ReceiptHandle: message.receiptHandle,
    MD5OfBody: md5(message.body),
    Body: message.body,
    Attributes: {
      ApproximateReceiveCount: String(message.receiveCount),
      SentTimestamp: String(message.sentAt),
      SenderId: 'AIDALOCALRUNNER',
      ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
      ...(message.deadLetterSource && { DeadLetterQueueSourceArn: message.deadLetterSource }),
    },
    ...(digest && { MessageAttributes: message.messageAttributes, MD5OfMessageAttributes: digest }),
  };
}
