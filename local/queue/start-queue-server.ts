import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { listenOnLoopback } from '../ports/listen-on-loopback';
import { openQueueStore, type QueueCounts } from './queue-store';
import { sqsActions } from './sqs-actions';
import { QUERY_CODES, SqsError } from './sqs-error';

export type QueueServerOptions = {
  /** 0 = any free port. */
  port: number;
  /** SQLite file for the state, or `:memory:`. */
  file: string;
  region: string;
  account: string;
  /** Milliseconds that its time is ahead of the machine's. Default 0. */
  aheadMs?: number;
};

/** Trouble that a test asks for. */
export type QueueTrouble = {
  /** Requests whose action is listed are answered 503; `all` fails everything. */
  fail: 'none' | 'all' | string[];
  /** Milliseconds that every request takes longer. */
  delayMs: number;
  /** A received message stays visible, so that it is delivered again at once, for the next n messages. */
  duplicateNext: number;
  /** Messages come in random order, as standard queues may give them. */
  shuffle: boolean;
};

/** A local SQS. Queues hold over restarts; time can be moved. */
export type QueueServer = {
  url: string;
  port: number;
  urlOf: (queue: string) => string;
  counts: (queue: string) => QueueCounts;
  /** The counts of every queue by its name. */
  allCounts: () => Record<string, QueueCounts>;
  /** Bodies of all messages in a queue, oldest first, untouched. */
  peek: (queue: string) => string[];
  purge: (queue: string) => void;
  setTrouble: (trouble: Partial<QueueTrouble>) => void;
  /** Lets time pass for visibility, delays and retention. */
  advance: (ms: number) => void;
  close: () => Promise<void>;
};

/** Starts an SQS server on 127.0.0.1 that speaks the AWS JSON 1.0 protocol of today's SDKs. */
export async function startQueueServer(options: QueueServerOptions): Promise<QueueServer> {
  let offsetMs = options.aheadMs ?? 0;
  let port = options.port;
  let trouble: QueueTrouble = { fail: 'none', delayMs: 0, duplicateNext: 0, shuffle: false };
  const now = () => Date.now() + offsetMs;
  const arnOf = (queue: string) => `arn:aws:sqs:${options.region}:${options.account}:${queue}`;
  const urlOf = (queue: string) => `http://127.0.0.1:${port}/${options.account}/${queue}`;
  const store = openQueueStore({ file: options.file, arnOf, now, isShuffled: () => trouble.shuffle });
  const changes = new EventEmitter({}).setMaxListeners(0);
  const wake = (queue: string) => void changes.emit(queue);
  const waiting = new Set<AbortController>();

  const waitForMessage = async (queue: string, ms: number, gone: AbortSignal) => {
    const next = store.nextVisibleAt(queue);
    const patience = Math.max(1, Math.min(ms, next === undefined ? ms : next - now()));
    if (gone.aborted) return;
    await new Promise<void>((resolve) => {
      const end = () => {
        clearTimeout(timer);
        changes.off(queue, end);
        gone.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, patience);
      changes.on(queue, end);
      gone.addEventListener('abort', end);
    });
  };
  const actions = sqsActions({ store, urlOf, arnOf, waitForMessage, wake });

  const run: Run = async (action, body, gone) => {
    if (trouble.delayMs > 0) await sleep(trouble.delayMs);
    if (trouble.fail === 'all' || (trouble.fail !== 'none' && trouble.fail.includes(action))) {
      throw new SqsError('ServiceUnavailable', 'Service is currently unavailable.', 503);
    }
    const input = JSON.parse(body || '{}') as Record<string, unknown>;
    const perform = actions[action];
    if (!perform) throw new SqsError('InvalidAction', `The action ${action} is not valid for this endpoint.`);
    if (action === 'ReceiveMessage' && trouble.duplicateNext > 0) {
      trouble = { ...trouble, duplicateNext: trouble.duplicateNext - 1 };
      return perform({ ...input, VisibilityTimeout: 0 }, gone);
    }
    return perform(input, gone);
  };

  const server = createServer((request, response) => {
    serve(request, response, run, waiting).catch(() => response.destroy());
  });
  port = await listenOnLoopback(server, options.port);

  return {
    url: `http://127.0.0.1:${port}`,
    port,
    urlOf,
    counts: store.counts,
    allCounts: () => Object.fromEntries(store.queueNames().map((name) => [name, store.counts(name)])),
    peek: (queue) => store.peek(queue).map((row) => row.body),
    purge: store.purge,
    setTrouble: (change) => {
      trouble = { ...trouble, ...change };
    },
    advance: (ms) => {
      offsetMs += ms;
      for (const name of store.queueNames()) wake(name);
    },
    close: async () => {
      for (const gone of waiting) gone.abort('closing');
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      store.close();
    },
  };
}

type Run = (action: string, body: string, gone: AbortSignal) => Promise<object>;

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  run: Run,
  waiting: Set<AbortController>,
): Promise<void> {
  const gone = new AbortController();
  waiting.add(gone);
  response.once('close', () => {
    waiting.delete(gone);
    gone.abort('closed'); // a reason, because making an error for each request is dear
  });
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const action = String(request.headers['x-amz-target'] ?? '').replace('AmazonSQS.', '');
  const headers: Record<string, string> = {
    'content-type': 'application/x-amz-json-1.0',
    'x-amzn-requestid': randomUUID(),
  };
  try {
    const result = await run(action, Buffer.concat(chunks).toString('utf8'), gone.signal);
    response.writeHead(200, headers).end(JSON.stringify(result));
  } catch (error) {
    const known = error instanceof SqsError ? error : new SqsError('InternalFailure', String(error), 500);
    headers['x-amzn-query-error'] =
      `${QUERY_CODES[known.code] ?? known.code};${known.status < 500 ? 'Sender' : 'Receiver'}`;
    response.writeHead(known.status, headers);
    response.end(JSON.stringify({ __type: `com.amazonaws.sqs#${known.code}`, message: known.message }));
  }
}
