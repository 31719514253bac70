import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { type QueuedRequest, type SentRequest, sendRequest } from './send-request';

export type RequestWorkerOptions = {
  /** Address of the database for its superuser. */
  databaseUrl: string;
  onSent: (sent: SentRequest) => void;
};

export type RequestWorker = {
  /** Ends it; requests on their way are waited for. */
  close: () => Promise<void>;
};

/** Requests at a time. */
const BATCH = 20;
/** Between attempts to reach the server, in milliseconds. */
const RECONNECT_MS = 300;

/**
 * The background worker of pg_net: sends what transactions have put into net.http_request_queue, once, and forgets it. Stays
 * while the server is killed and started again.
 */
export function runRequestWorker({ databaseUrl, onSent }: RequestWorkerOptions): RequestWorker {
  let closed = false;
  let client: Client | undefined;

  const session = async (): Promise<void> => {
    const connection = new Client({ connectionString: databaseUrl, application_name: 'pg_net' });
    client = connection;
    const ended = new Promise<void>((resolve) => connection.once('end', resolve));
    connection.on('error', () => undefined); // 'end' follows
    let woken = Promise.withResolvers<void>();
    connection.on('notification', () => woken.resolve());
    await connection.connect();
    await connection.query('listen net_requests');
    let over = false;
    void ended.then(() => {
      over = true;
    });
    while (!over && !closed) {
      woken = Promise.withResolvers<void>(); // before looking, so that nothing is missed between the two
      while ((await sendBatch(connection, onSent)) === BATCH);
      await Promise.race([woken.promise, ended]);
    }
  };

  const running = (async () => {
    while (!closed) {
      await session().catch(() => undefined);
      await client?.end().catch(() => undefined);
      if (!closed) await sleep(RECONNECT_MS);
    }
  })();

  return {
    close: async () => {
      closed = true;
      await client?.end().catch(() => undefined);
      await running;
    },
  };
}

async function sendBatch(connection: Client, onSent: (sent: SentRequest) => void): Promise<number> {
  const { rows } = await connection.query<QueuedRequest>(
    `delete from net.http_request_queue
     where id in (select id from net.http_request_queue order by id limit $1)
     returning method, url, headers, body, timeout_milliseconds`,
    [BATCH],
  );
  await Promise.all(rows.map(async (request) => onSent(await sendRequest(request))));
  return rows.length;
}
