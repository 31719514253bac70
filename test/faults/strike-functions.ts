import type { Random } from '../../local/doubles/random';
import type { RunningFunction } from '../../local/lambda/run-function';
import type { Tandem } from '../../local/tandem';
import { bump, type Counters } from './counters';
import { type KillPoint, killPoints, type Victim } from './kill-points';
import { wakeZombies } from './wake-zombies';

export interface Strikes {
  /** The next call that passes another point of the cycle dies there, or freezes. */
  arm: (signal: 'SIGKILL' | 'SIGSTOP') => void;
  /** Kills the next call of a function at the point of that name, also when disarmed. */
  killNext: (name: string) => void;
  /** How many strikes wait for their call. */
  waiting: () => number;
  /** When the oldest call began that still runs, in milliseconds since 1970; now when none does. */
  oldestCall: (victim: Victim) => number;
  /**
   * Strikes no more: wakes what is frozen, waits until every call has ended, and replaces all processes, of which some may
   * still carry the order to die at a point that they have not passed.
   */
  disarm: () => Promise<void>;
}

interface Armed {
  readonly point: KillPoint;
  readonly signal: 'SIGKILL' | 'SIGSTOP';
  readonly since: number;
}

/** Calls that a strike may miss (the point lies on a path they did not take) before another point has its turn. */
const MOST_MISSES = 3;
/** Milliseconds for which a strike waits for a call that passes its point, before another point has its turn. */
const PATIENCE_MS = 10_000;
/** Milliseconds a frozen process sleeps at most. */
const FREEZE_MS = 3_000;

/**
 * Strikes function processes at named points. A strike is handed to exactly the call that will pass its point, by looking at
 * the call's event, so that each death is counted under its own name.
 */
export const strikeFunctions = (tandem: Tandem, random: Random, counters: Counters): Strikes => {
  const { functions } = tandem;
  let cycle: KillPoint[] = [];
  let stopped = false;
  const armed: Armed[] = [];
  const calls = new Set<{ readonly victim: Victim; readonly since: number }>();
  const misses = new Map<Armed, number>();
  // A call may answer without passing its point; its process then dies at it later.
  const lingering = new Map<Victim, KillPoint[]>();

  const nextPoint = (): KillPoint => {
    if (cycle.length === 0) cycle = random.shuffle(killPoints);
    const next = cycle.pop();
    if (next === undefined) throw new Error('there are no kill points');
    return next;
  };

  /** Every other one in a worker of the queue, because there another worker gets the same messages. */
  const freezingPoint = (): KillPoint => {
    const workers = killPoints.filter(({ victim }) => victim === 'reconcile');
    const chosen = workers[Math.floor(random.next() * workers.length)];
    return random.next() < 0.5 && chosen !== undefined ? chosen : nextPoint();
  };

  const arm = (signal: Armed['signal']) => {
    const now = Date.now();
    const tired = armed.findIndex(({ since }) => now - since > PATIENCE_MS);
    if (tired !== -1) armed.splice(tired, 1);
    armed.push({ point: signal === 'SIGKILL' ? nextPoint() : freezingPoint(), signal, since: now });
  };

  const take = (victim: Victim, event: unknown): Armed | undefined => {
    if (armed.length === 0) return undefined;
    const text = JSON.stringify(event);
    const index = armed.findIndex(
      ({ point }) => point.victim === victim && (point.during === undefined || text.includes(point.during)),
    );
    return index === -1 ? undefined : armed.splice(index, 1)[0];
  };

  const missed = (victim: Victim, strike: Armed) => {
    lingering.set(victim, [...(lingering.get(victim) ?? []), strike.point]);
    const times = (misses.get(strike) ?? 0) + 1;
    misses.set(strike, times);
    if (stopped) return;
    if (times < MOST_MISSES) armed.push(strike);
    else arm(strike.signal);
  };

  const watch = (victim: Victim, fn: RunningFunction) => {
    const invoke = fn.invoke;
    fn.invoke = async (event) => {
      const strike = stopped ? undefined : take(victim, event);
      if (strike !== undefined) fn.injectFault({ at: strike.point.at, signal: strike.signal });
      const call = { victim, since: Date.now() };
      calls.add(call);
      const outcome = await invoke(event);
      calls.delete(call);
      const isKilled = outcome.functionError !== undefined && outcome.payload.includes('SIGKILL');
      if (isKilled) {
        const point = strike?.signal === 'SIGKILL' ? strike.point : lingering.get(victim)?.shift();
        bump(counters.killsByPoint, point?.name ?? `${victim}: at an unknown point`);
      } else if (strike?.signal === 'SIGKILL') {
        missed(victim, strike);
      }
      // A sweep that finds the database away, or loses to another writer, fails as a whole; the next one does its work.
      const isAway = /The database cannot be reached|Somebody else changed this/.test(outcome.payload);
      if (outcome.functionError !== undefined && !isKilled && !(victim === 'sweep' && isAway)) {
        counters.unhandled.push(`${victim} ${pathOf(event)}: ${outcome.payload.slice(0, 300)}`);
      }
      return outcome;
    };
  };
  for (const [name, running] of functions) {
    if (isVictim(name)) watch(name, running);
  }

  let waking = true;
  const wakeAgainAndAgain = async () => {
    while (waking) {
      await new Promise((resolve) => setTimeout(resolve, FREEZE_MS));
      await wakeZombies(tandem, counters);
    }
  };
  const woken = wakeAgainAndAgain();

  const killNext = (name: string) => {
    const point = killPoints.find((one) => one.name === name);
    if (point === undefined) throw new Error(`there is no kill point ${name}`);
    lingering.set(point.victim, [point]);
    functions.get(point.victim)?.injectFault({ at: point.at, signal: 'SIGKILL' });
  };

  return {
    arm,
    killNext,
    waiting: () => armed.filter(({ since }) => Date.now() - since < PATIENCE_MS).length,
    oldestCall: (victim) =>
      Math.min(Date.now(), ...[...calls].filter((call) => call.victim === victim).map(({ since }) => since)),
    disarm: async () => {
      stopped = true;
      armed.length = 0;
      while (calls.size > 0) await new Promise((resolve) => setTimeout(resolve, 50));
      for (const running of functions.values()) running.replaceCode(running.model.codeDir);
      waking = false;
      await woken;
    },
  };
};

/** What a request was for. */
const pathOf = (event: unknown): string => (event as { readonly path?: string }).path ?? 'event';

const isVictim = (name: string): name is Victim => killPoints.some(({ victim }) => victim === name);
