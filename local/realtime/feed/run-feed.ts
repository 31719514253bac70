import { setTimeout as sleep } from 'node:timers/promises';
import type { Change, Piece } from './change';
import { makeCollector } from './collect-changes';
import { readStream, type Stream } from './read-stream';
import type { Position } from './remember-position';
import { ensureSlot } from './replication-slot';

export type FeedOptions = {
  databaseUrl: string;
  slot: string;
  publications: string[];
  position: Position;
  /** Changes handed over together, and changes that may wait before the server is told to wait. */
  limits: { batchChanges: number; waitingChanges: number };
  /**
   * Gets every change once, in the order of commit, one batch after the other.
   *
   * @returns a promise within a promise: the outer one when the next batch may come, the inner one when this one has
   * left the process, so that Postgres may forget it
   * @throws what will pass, such as a lost connection: the batch is handed over again
   */
  deliver: (changes: Change[]) => Promise<{ written: Promise<void> }>;
  onProblem: (message: string) => void;
};

/** Reads the log until it is closed, across restarts of the server. */
export type Feed = {
  /** Delivers what it holds, confirms it, and ends. */
  close: () => Promise<void>;
};

/** After a break, in milliseconds; doubled up to the second figure. */
const RETRY_MS = [50, 1_000] as const;

/** Feeds what is committed to `deliver`. */
export function runFeed(options: FeedOptions): Feed {
  const { limits, deliver, onProblem, position } = options;
  const collector = makeCollector(limits.batchChanges);
  const waiting: Piece[] = [];
  let waitingChanges = 0;
  let unconfirmed = 0;
  let confirmed = 0n;
  let stream: Stream | undefined;
  let isClosed = false;
  let isWorking = false;
  let working = Promise.resolve();
  let confirming = Promise.resolve();
  let heard: () => void = () => undefined;

  const confirm = (lsn: bigint): void => {
    if (lsn > confirmed) {
      confirmed = lsn;
      position.write(lsn);
    }
    stream?.confirm(confirmed);
  };

  const takeBatch = (): Piece[] => {
    const batch: Piece[] = [];
    let size = 0;
    while (waiting[0] && (size === 0 || size + waiting[0].changes.length <= limits.batchChanges)) {
      size += waiting[0].changes.length;
      batch.push(...waiting.splice(0, 1));
    }
    waitingChanges -= size;
    return batch;
  };

  const deliverSurely = async (changes: Change[]): Promise<{ written: Promise<void> }> => {
    for (let pause: number = RETRY_MS[0]; ; pause = Math.min(pause * 2, RETRY_MS[1])) {
      try {
        return await deliver(changes);
      } catch (error) {
        if (isClosed) throw error;
        onProblem(`delivery waits: ${messageOf(error)}`);
        await sleep(pause);
      }
    }
  };

  const work = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = takeBatch();
      const changes = batch.flatMap((piece) => piece.changes);
      const { written } = changes.length > 0 ? await deliverSurely(changes) : { written: Promise.resolve() };
      const end = batch.findLast(({ endLsn }) => endLsn !== null)?.endLsn;
      confirming = confirming
        .then(() => written)
        .then(() => {
          unconfirmed -= batch.length;
          if (end) confirm(end);
        });
      if (waitingChanges < limits.waitingChanges / 2) stream?.resume();
    }
    isWorking = false;
  };

  const take = (piece: Piece): void => {
    if (isClosed) return; // never confirmed, so the next reader gets it
    waiting.push(piece);
    unconfirmed += 1;
    waitingChanges += piece.changes.length;
    if (waitingChanges > limits.waitingChanges) stream?.pause();
    if (!isWorking) {
      isWorking = true;
      working = work().catch((error: unknown) => onProblem(`delivery ended: ${messageOf(error)}`));
    }
  };

  const readOnce = async (): Promise<void> => {
    const { confirmedLsn, wasLost } = await ensureSlot(options.databaseUrl, options.slot, position.read());
    if (wasLost) onProblem('the slot had fallen behind too far and was made anew: changes were lost');
    if (isClosed) return;
    if (confirmedLsn > confirmed) confirmed = confirmedLsn;
    collector.reset();
    stream = readStream({
      ...options,
      from: confirmed,
      onMessage: (message) => {
        const piece = collector.take(message);
        if (piece) take(piece);
      },
      onHeartbeat: (lsn) => {
        // With nothing on its way, all before this position concerned nobody here, and the log need not be kept.
        confirm(unconfirmed === 0 && !collector.isOpen() && !isClosed ? lsn : confirmed);
        heard();
      },
    });
    await stream.ended;
  };

  const running = (async () => {
    let pause: number = RETRY_MS[0];
    while (!isClosed) {
      const startedAt = Date.now();
      await readOnce().catch((error: unknown) => {
        if (!isClosed) onProblem(`replication stream: ${messageOf(error)}`);
      });
      stream = undefined;
      pause = Date.now() - startedAt > 5_000 ? RETRY_MS[0] : Math.min(pause * 2, RETRY_MS[1]);
      if (!isClosed) await sleep(pause);
    }
  })();

  return {
    close: async () => {
      isClosed = true;
      stream?.pause();
      await working;
      await confirming;
      // Ending the connection may throw away what is on its way: wait until the server has answered our last word.
      const answered = new Promise<void>((resolve) => {
        heard = resolve;
      });
      stream?.resume();
      stream?.confirm(confirmed, true);
      if (stream) await Promise.race([answered, sleep(500, undefined, { ref: false })]);
      await stream?.close();
      await Promise.race([running, sleep(2_000, undefined, { ref: false })]);
    },
  };
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
