import { randomUUID } from 'node:crypto';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { MessageAttributes } from './message-attributes';
import { DEFAULT_ATTRIBUTES, type MessageRow, SCHEMA } from './queue-schema';
import { queueDoesNotExist, SqsError } from './sqs-error';

/** A message as it was received. */
export type ReceivedMessage = {
  messageId: string;
  receiptHandle: string;
  body: string;
  messageAttributes: MessageAttributes;
  sentAt: number;
  receiveCount: number;
  firstReceivedAt: number;
  /** ARN of the queue that gave up on it, for messages in a dead-letter queue. */
  deadLetterSource: string | null;
};

export type QueueCounts = { visible: number; inFlight: number; delayed: number };

export type QueueStore = ReturnType<typeof openQueueStore>;

export type QueueStoreOptions = {
  /** Path of the SQLite file, or `:memory:`. */
  file: string;
  arnOf: (queue: string) => string;
  /** Epoch milliseconds; tests move it to let visibility and retention pass. */
  now: () => number;
  /** Whether messages are handed out in random order. */
  isShuffled: () => boolean;
};

/** The state of a queue server in one SQLite file: it survives restarts and kill -9. */
export function openQueueStore({ file, arnOf, now, isShuffled }: QueueStoreOptions) {
  const database = new DatabaseSync(file);
  database.exec(SCHEMA);
  const prepared = new Map<string, StatementSync>();
  const prepare = (sql: string): StatementSync => {
    const statement = prepared.get(sql) ?? database.prepare(sql);
    prepared.set(sql, statement);
    return statement;
  };
  const all = (sql: string, ...values: (string | number)[]) =>
    prepare(sql).all(...values) as unknown as MessageRow[];

  const attributesOf = (queue: string): Record<string, string> => {
    const row = prepare('select attributes from queues where name = ?').get(queue);
    if (!row) throw queueDoesNotExist();
    return { ...DEFAULT_ATTRIBUTES, ...(JSON.parse(String(row.attributes)) as Record<string, string>) };
  };
  const seconds = (queue: string, name: string) => Number(attributesOf(queue)[name]);

  const redrive = (queue: string): { maxReceiveCount: number; target: string } | undefined => {
    const policy = attributesOf(queue).RedrivePolicy;
    if (!policy) return undefined;
    const { maxReceiveCount, deadLetterTargetArn } = JSON.parse(policy) as Record<string, string | number>;
    return {
      maxReceiveCount: Number(maxReceiveCount),
      target: String(deadLetterTargetArn).split(':').pop() ?? '',
    };
  };

  const inTransaction = <T>(work: () => T): T => {
    database.exec('begin immediate');
    try {
      const result = work();
      database.exec('commit');
      return result;
    } catch (error) {
      database.exec('rollback');
      throw error;
    }
  };

  const expire = (queue: string) =>
    prepare('delete from messages where queue = ? and sent_at < ?').run(
      queue,
      now() - seconds(queue, 'MessageRetentionPeriod') * 1000,
    );

  /** Visible messages that may be received once more; those that may not are moved aside on the way. */
  const takeVisible = (queue: string, max: number): MessageRow[] => {
    const policy = redrive(queue);
    // By an index, so that a long backlog costs no more than a short one.
    const order = isShuffled() ? 'random()' : 'visible_at, id';
    const text = `select * from messages where queue = ? and visible_at <= ? order by ${order} limit ?`;
    for (;;) {
      const rows = all(text, queue, now(), max);
      const spent = rows.filter((row) => policy !== undefined && row.receive_count >= policy.maxReceiveCount);
      if (policy === undefined || spent.length === 0) return rows;
      for (const { id } of spent) {
        prepare(
          'update messages set queue = ?, source = ?, receive_count = 0, receipt = null, visible_at = ? where id = ?',
        ).run(policy.target, arnOf(queue), now(), id);
      }
    }
  };

  return {
    queueNames: () => all('select name as queue from queues order by name').map((row) => row.queue),
    attributesOf,
    createdAt: (queue: string) =>
      Number(prepare('select created_at from queues where name = ?').get(queue)?.created_at),

    /** Creates the queue, or gives an existing one these attributes. */
    putQueue: (queue: string, attributes: Record<string, string>) => {
      prepare(
        `insert into queues values (?, ?, ?)
         on conflict (name) do update set attributes = json_patch(queues.attributes, excluded.attributes)`,
      ).run(queue, JSON.stringify(attributes), now());
    },
    deleteQueue: (queue: string) => {
      prepare('delete from messages where queue = ?').run(queue);
      prepare('delete from queues where name = ?').run(queue);
    },
    purge: (queue: string) => void prepare('delete from messages where queue = ?').run(queue),

    send: (queue: string, body: string, attributes: MessageAttributes, delaySeconds?: number): string => {
      if (Buffer.byteLength(body) > seconds(queue, 'MaximumMessageSize')) {
        const limit = seconds(queue, 'MaximumMessageSize');
        const text = `One or more parameters are invalid. Reason: Message must be shorter than ${limit} bytes.`;
        throw new SqsError('InvalidParameterValue', text);
      }
      const messageId = randomUUID();
      const visibleAt = now() + (delaySeconds ?? seconds(queue, 'DelaySeconds')) * 1000;
      prepare(
        'insert into messages (queue, message_id, body, attributes, sent_at, visible_at) values (?, ?, ?, ?, ?, ?)',
      ).run(queue, messageId, body, JSON.stringify(attributes), now(), visibleAt);
      return messageId;
    },

    /** Takes up to `max` visible messages; those received too often move to the dead-letter queue instead. */
    receive: (queue: string, max: number, visibilitySeconds?: number): ReceivedMessage[] =>
      inTransaction(() => {
        expire(queue);
        const visibleAt = now() + (visibilitySeconds ?? seconds(queue, 'VisibilityTimeout')) * 1000;
        return takeVisible(queue, max).map((row) => {
          const receiptHandle = randomUUID();
          const firstReceivedAt = row.first_received_at ?? now();
          prepare(
            'update messages set receipt = ?, receive_count = receive_count + 1, first_received_at = ?, visible_at = ? where id = ?',
          ).run(receiptHandle, firstReceivedAt, visibleAt, row.id);
          return {
            messageId: row.message_id,
            receiptHandle,
            body: row.body,
            messageAttributes: JSON.parse(row.attributes) as MessageAttributes,
            sentAt: row.sent_at,
            receiveCount: row.receive_count + 1,
            firstReceivedAt,
            deadLetterSource: row.source,
          };
        });
      }),

    /** When the next hidden message becomes visible, if there is one. */
    nextVisibleAt: (queue: string): number | undefined => {
      const row = prepare(
        'select min(visible_at) as at from messages where queue = ? and visible_at > ?',
      ).get(queue, now());
      return row?.at === null || row?.at === undefined ? undefined : Number(row.at);
    },

    /** A handle that another receive has replaced deletes nothing, as in SQS. */
    delete: (queue: string, receiptHandle: string) =>
      void prepare('delete from messages where queue = ? and receipt = ?').run(queue, receiptHandle),

    changeVisibility: (queue: string, receiptHandle: string, timeoutSeconds: number) => {
      const { changes } = prepare(
        'update messages set visible_at = ? where queue = ? and receipt = ? and visible_at > ?',
      ).run(now() + timeoutSeconds * 1000, queue, receiptHandle, now());
      if (changes === 0)
        throw new SqsError('MessageNotInflight', 'The message referred to is not in flight.');
    },

    counts: (queue: string): QueueCounts => {
      attributesOf(queue);
      expire(queue);
      const row = prepare(
        `select count(*) filter (where visible_at <= ?) as visible,
                count(*) filter (where visible_at > ? and receipt is not null) as in_flight,
                count(*) filter (where visible_at > ? and receipt is null) as delayed
         from messages where queue = ?`,
      ).get(now(), now(), now(), queue);
      return {
        visible: Number(row?.visible),
        inFlight: Number(row?.in_flight),
        delayed: Number(row?.delayed),
      };
    },

    /** All messages of a queue without touching them. */
    peek: (queue: string) => all('select * from messages where queue = ? order by id', queue),

    /** Moves every visible message of a dead-letter queue back to where it came from, or to `target`. */
    redriveAll: (queue: string, target?: string): number =>
      inTransaction(() => {
        let moved = 0;
        for (const row of all('select * from messages where queue = ? and visible_at <= ?', queue, now())) {
          const destination = target ?? row.source?.split(':').pop();
          if (!destination) continue;
          prepare(
            `update messages set queue = ?, source = null, receive_count = 0, receipt = null, visible_at = ?, sent_at = ?
             where id = ?`,
          ).run(destination, now(), now(), row.id);
          moved += 1;
        }
        return moved;
      }),

    close: () => database.close(),
  };
}
