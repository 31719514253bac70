import type { VirtualClock } from './clock';

/** Work that waits for its virtual time or is on the wire, so that a deliverer can wait for it or drop it. */
export interface DeliverySchedule {
  /** Runs `work` when the clock reaches `dueMs`; at once if it has. Nothing runs after `clear`. */
  at(dueMs: number, work: () => Promise<void>): void;
  /** Resolves when no started work is left. Work that waits for its time does not count. */
  idle(): Promise<void>;
  /** Forgets what waits. What runs can ask `isCurrent` whether it still matters. */
  clear(): void;
  /** A test that is true until the next `clear`. */
  currency(): () => boolean;
}

export function createDeliverySchedule(clock: VirtualClock): DeliverySchedule {
  const running = new Set<Promise<void>>();
  let cancels = new Set<() => void>();
  let generation = 0;

  function run(work: () => Promise<void>): void {
    const tracked = work().finally(() => running.delete(tracked));
    running.add(tracked);
  }

  return {
    at(dueMs, work) {
      if (dueMs <= clock.now()) {
        run(work);
        return;
      }
      const cancel = clock.at(dueMs, () => {
        cancels.delete(cancel);
        run(work);
      });
      cancels.add(cancel);
    },
    async idle() {
      while (running.size > 0) await Promise.all(running);
    },
    clear() {
      generation += 1;
      for (const cancel of cancels) cancel();
      cancels = new Set();
    },
    currency() {
      const born = generation;
      return () => born === generation;
    },
  };
}
