/** A virtual clock with things to do. Times in seconds since 1970. */
export interface Agenda {
  readonly now: () => number;
  /** Does `task` after so many seconds; things of one second in the order in which they were planned. */
  readonly after: (seconds: number, task: () => void) => void;
  /** Lets time pass until nothing is left to do. */
  readonly drain: () => void;
}

interface Planned {
  readonly at: number;
  readonly task: () => void;
}

export const agendaFrom = (start: number): Agenda => {
  const planned: Planned[] = [];
  let clock = start;
  return {
    now: () => clock,
    after: (seconds, task) => {
      const at = clock + seconds;
      const place = planned.findLastIndex((other) => other.at <= at);
      planned.splice(place + 1, 0, { at, task });
    },
    drain: () => {
      for (let next = planned.shift(); next !== undefined; next = planned.shift()) {
        clock = next.at;
        next.task();
      }
    },
  };
};
