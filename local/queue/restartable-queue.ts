import { setTimeout as sleep } from 'node:timers/promises';
import { type QueueServer, type QueueServerOptions, startQueueServer } from './start-queue-server';

/**
 * A queue server that can go away and come back on its port, with its messages and its time. While it is away time may pass,
 * and what asks for its state throws.
 */
export type RestartableQueue = QueueServer & {
  /** Stops it, cutting what is under way, and starts it again after `downMs`. */
  restart: (downMs: number) => Promise<void>;
};

/** Starts a queue server; see startQueueServer. */
export async function startRestartableQueue(options: QueueServerOptions): Promise<RestartableQueue> {
  let aheadMs = options.aheadMs ?? 0;
  let server: QueueServer | undefined = await startQueueServer(options);
  const { url, port, urlOf } = server;
  let restarting: Promise<void> | undefined;
  const present = (): QueueServer => {
    if (server === undefined) throw new Error('the queue server is away');
    return server;
  };

  const restart = async (downMs: number): Promise<void> => {
    const old = server;
    server = undefined;
    await old?.close();
    await sleep(downMs);
    server = await startQueueServer({ ...options, port, aheadMs });
  };

  return {
    url,
    port,
    urlOf,
    counts: (queue) => present().counts(queue),
    allCounts: () => present().allCounts(),
    peek: (queue) => present().peek(queue),
    purge: (queue) => present().purge(queue),
    setTrouble: (trouble) => server?.setTrouble(trouble),
    advance: (ms) => {
      aheadMs += ms;
      server?.advance(ms);
    },
    restart: async (downMs) => {
      await restarting;
      restarting = restart(downMs);
      await restarting;
    },
    close: async () => {
      await restarting?.catch(() => undefined);
      await server?.close();
    },
  };
}
