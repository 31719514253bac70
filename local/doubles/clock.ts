/** The time of a double: real time plus an offset that tests and the control API move. Milliseconds since 1970. */
export interface VirtualClock {
  now(): number;
  /** Moves time by `ms` (negative moves it back) and fires every timer that became due, in due order. */
  advance(ms: number): void;
  /** Makes `now()` answer `epochMs` (it keeps running from there) and fires what became due. */
  set(epochMs: number): void;
  /** Back to real time. */
  reset(): void;
  /** Runs `run` once when the clock reaches `dueMs`, or before this returns if it already has. Returns a cancel function. */
  at(dueMs: number, run: () => void): () => void;
  /** Forgets all timers; for shutdown. */
  close(): void;
}

interface Timer {
  dueMs: number;
  run: () => void;
}

/** The longest wait that setTimeout takes; longer timers are re-armed. */
const longestWaitMs = 2 ** 31 - 1;

/**
 * A clock that runs with `wall` (default: the machine's) and can be moved.
 *
 * Timers are on virtual time, so `advance` by three days fires three days of retries at once; between
 * moves one unref'd real timer waits for the earliest of them.
 */
export function createClock(wall: () => number = Date.now): VirtualClock {
  let offsetMs = 0;
  let timers: Timer[] = [];
  let armed: NodeJS.Timeout | undefined;

  const now = () => wall() + offsetMs;

  function arm(): void {
    clearTimeout(armed);
    const first = timers[0];
    if (!first) return;
    const waitMs = Math.min(Math.max(first.dueMs - now(), 0), longestWaitMs);
    armed = setTimeout(fireDue, waitMs);
    armed.unref();
  }

  function fireDue(): void {
    for (let first = timers[0]; first && first.dueMs <= now(); first = timers[0]) {
      timers.shift();
      first.run();
    }
    arm();
  }

  return {
    now,
    advance(ms) {
      offsetMs += ms;
      fireDue();
    },
    set(epochMs) {
      offsetMs = epochMs - wall();
      fireDue();
    },
    reset() {
      offsetMs = 0;
      fireDue();
    },
    at(dueMs, run) {
      if (dueMs <= now()) {
        run();
        return () => {};
      }
      const timer: Timer = { dueMs, run };
      const after = timers.findIndex((other) => other.dueMs > dueMs);
      timers.splice(after === -1 ? timers.length : after, 0, timer);
      arm();
      return () => {
        timers = timers.filter((other) => other !== timer);
        arm();
      };
    },
    close() {
      timers = [];
      clearTimeout(armed);
    },
  };
}
