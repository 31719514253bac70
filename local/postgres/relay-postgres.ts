import { connect, createServer, type Socket } from 'node:net';
import { listenOnLoopback } from '../ports/listen-on-loopback';

/** A connection that ends in the middle of a statement. */
export type Cut = {
  /** Part of the statement that it happens to, such as `commit`. */
  text: string;
  /**
   * before-send: the server never gets the statement. after-send: it gets all of it, and carries it out. before-answer: it
   * has carried it out, and its answer is lost. The client sees the same each time.
   */
  moment: 'before-send' | 'after-send' | 'before-answer';
};

/** Stands between clients and a Postgres server and cuts connections when asked to. */
export type PostgresRelay = {
  port: number;
  /** The next connection that sends such a statement is cut. One cut waits at a time: a further one, or none, replaces it. */
  cutNext: (cut: Cut | undefined) => void;
  /** How many connections were cut, by moment. */
  cuts: () => Readonly<Record<Cut['moment'], number>>;
  close: () => Promise<void>;
};

/** The message by which a client says that its statement is complete (PostgreSQL documentation, 54.7: Sync). */
const SYNC = Buffer.from([0x53, 0, 0, 0, 4]);
const SIMPLE_QUERY = 0x51; // Q

/** Starts a relay on 127.0.0.1 to the server on `target`, which may come and go. */
export async function relayPostgres(target: number): Promise<PostgresRelay> {
  let waiting: Cut | undefined;
  const cuts = { 'before-send': 0, 'after-send': 0, 'before-answer': 0 };
  const open = new Set<Socket>();

  const take = (chunk: Buffer): Cut | undefined => {
    if (waiting === undefined || !chunk.includes(waiting.text)) return undefined;
    const cut = waiting;
    waiting = undefined;
    cuts[cut.moment] += 1;
    return cut;
  };

  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1');
    let cut: Cut | undefined;
    for (const socket of [client, upstream]) {
      open.add(socket.setNoDelay(true));
      socket.on('error', () => undefined);
      socket.once('close', () => {
        open.delete(socket);
        client.destroy();
        // Ended, not destroyed: what was sent before the cut still reaches the server.
        upstream.end();
      });
    }
    client.on('data', (chunk) => {
      cut ??= take(chunk);
      if (cut?.moment === 'before-send') return void client.destroy();
      const isFull = !upstream.write(chunk, () => {
        if (cut?.moment === 'after-send' && isComplete(chunk)) client.destroy();
      });
      if (isFull) {
        client.pause();
        upstream.once('drain', () => client.resume());
      }
    });
    upstream.on('data', (chunk) => {
      if (cut === undefined) {
        if (client.write(chunk)) return;
        upstream.pause();
        client.once('drain', () => upstream.resume());
      } else if (cut.moment === 'before-answer') {
        client.destroy();
      }
    });
    client.on('end', () => upstream.end());
  });
  const port = await listenOnLoopback(server, 0);

  return {
    port,
    cutNext: (cut) => {
      waiting = cut;
    },
    cuts: () => ({ ...cuts }),
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}

const isComplete = (chunk: Buffer): boolean =>
  chunk[0] === SIMPLE_QUERY || chunk.subarray(-SYNC.length).equals(SYNC);
