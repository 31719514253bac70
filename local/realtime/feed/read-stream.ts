import { setTimeout as sleep } from 'node:timers/promises';
import { LogicalReplicationService, type Pgoutput } from 'pg-logical-replication';
import { formatLsn, parseLsn } from './lsn';
import { RawPgoutput } from './raw-pgoutput';

export type StreamOptions = {
  databaseUrl: string;
  slot: string;
  /** Transactions that were committed before this position stay away. Default: what the slot knows, which may be less. */
  from?: bigint;
  publications: string[];
  onMessage: (message: Pgoutput.Message) => void;
  /** The server is alive and has sent everything before `lsn`; it may want to hear from us. */
  onHeartbeat: (lsn: bigint) => void;
};

/** One connection that reads a slot. */
export type Stream = {
  /** Resolves or rejects when the connection is gone. */
  ended: Promise<void>;
  /** Tells the server that everything before `lsn` was delivered and need not be kept. */
  confirm: (lsn: bigint, wantsAnswer?: boolean) => void;
  /** Makes the server wait. */
  pause: () => void;
  resume: () => void;
  close: () => Promise<void>;
};

const STOP_MS = 1_000;

/** Reads a slot. */
export function readStream(options: StreamOptions): Stream {
  const service = new LogicalReplicationService(
    { connectionString: options.databaseUrl, application_name: 'realtime-stream', keepAlive: true },
    // Both of the library's own ways to confirm tell what was received, not what was delivered.
    { acknowledge: { auto: false, timeoutSeconds: 0 } },
  );
  const plugin = new RawPgoutput(options.publications);
  const failed = Promise.withResolvers<void>();
  service.on('data', (_lsn, message: Pgoutput.Message) => {
    try {
      options.onMessage(message);
    } catch (error) {
      failed.reject(error);
    }
  });
  service.on('heartbeat', (lsn) => options.onHeartbeat(parseLsn(lsn)));
  service.on('error', (error) => failed.reject(error));
  const subscribed = service
    .subscribe(plugin, options.slot, formatLsn(options.from ?? 0n))
    .then(() => undefined);
  subscribed.catch(() => undefined);
  failed.promise.catch(() => undefined);
  /** A connection that broke may never say that it ended. */
  const stop = async (): Promise<void> => {
    await Promise.race([service.stop().catch(() => undefined), sleep(STOP_MS, undefined, { ref: false })]);
  };
  return {
    ended: Promise.race([subscribed, failed.promise]).finally(stop),
    confirm: (lsn, wantsAnswer = false) => {
      // The library adds one, for positions of a last byte. Ours is already behind it, and one byte too far would
      // skip, after a break, a commit that begins right there.
      void service.acknowledge(formatLsn(lsn - 1n), wantsAnswer).catch(() => undefined);
    },
    pause: () => plugin.pause(),
    resume: () => plugin.resume(),
    close: stop,
  };
}
