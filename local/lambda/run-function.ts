import type { FunctionModel } from '../assembly/model';
import type { Fault } from './fault';
import { newInvocation, type Outcome } from './invocation';
import { type Instance, type InstanceOptions, startInstance } from './start-instance';

export type FunctionOptions = InstanceOptions & {
  /** Processes at most for a function without reserved concurrency; calls beyond wait. Default 10. */
  maxInstances?: number;
  /** Milliseconds after which an idle process is ended. Default 5 minutes. */
  idleMs?: number;
};

/** A function as the platform sees it: calls in, processes behind. */
export type RunningFunction = {
  model: FunctionModel;
  /** Calls the function with an event. Never rejects. */
  invoke: (event: unknown) => Promise<Outcome>;
  /** The next call (or the next `times` calls) meets the fault. */
  injectFault: (fault: Fault, times?: number) => void;
  /** Sends a signal to every process now: SIGKILL, SIGSTOP, SIGCONT. Answers how many there were. */
  signal: (signal: NodeJS.Signals) => number;
  /** Process ids, the busy ones first. */
  pids: () => number[];
  /** Later calls run the bundle in `codeDir`; calls in flight finish on the old one. */
  replaceCode: (codeDir: string) => void;
  /** Waits for calls in flight up to `graceMs`, then ends every process. */
  close: (graceMs?: number) => Promise<void>;
};

type Slot = { instance: Instance; codeDir: string; idleTimer?: NodeJS.Timeout };

const UNRESERVED_MAX = 10;
const IDLE_MS = 5 * 60_000;

/** Runs a function: a process per concurrent call, cold starts on demand, idle processes used again. */
export function runFunction(initial: FunctionModel, options: FunctionOptions): RunningFunction {
  let model = initial;
  let closing = false;
  const idle: Slot[] = [];
  const busy = new Set<Slot>();
  let active = 0;
  const waiting: (() => void)[] = [];
  const faults: Fault[] = [];

  const limit = () => model.reservedConcurrency ?? options.maxInstances ?? UNRESERVED_MAX;
  const isFull = () => active >= limit();

  const takeIdle = (): Slot | undefined => {
    for (let slot = idle.pop(); slot; slot = idle.pop()) {
      clearTimeout(slot.idleTimer);
      if (slot.instance.isAlive()) return slot; // the last used is the first taken, so that the rest can end
    }
    return undefined;
  };

  const release = (slot: Slot) => {
    busy.delete(slot);
    active -= 1;
    if (!slot.instance.isAlive()) {
      // nothing to keep
    } else if (closing || slot.codeDir !== model.codeDir) {
      void slot.instance.close();
    } else {
      slot.idleTimer = setTimeout(() => {
        idle.splice(idle.indexOf(slot), 1);
        void slot.instance.close();
      }, options.idleMs ?? IDLE_MS);
      slot.idleTimer.unref();
      idle.push(slot);
    }
    waiting.shift()?.();
  };

  const invoke = async (event: unknown): Promise<Outcome> => {
    const startedAt = performance.now();
    const invocation = newInvocation(JSON.stringify(event), faults.shift());
    const elapsed = () => Math.round(performance.now() - startedAt);
    while (isFull()) {
      if (model.reservedConcurrency !== undefined) {
        const payload = JSON.stringify({ Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded' });
        return { requestId: invocation.requestId, payload, throttled: true, durationMs: elapsed() };
      }
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
    active += 1;
    const warm = takeIdle();
    const { codeDir } = model;
    const slot = warm ?? { instance: await startInstance(model, options), codeDir };
    busy.add(slot);
    const outcome = await slot.instance.run(invocation);
    release(slot);
    const initMs = warm ? undefined : slot.instance.initMs();
    return { ...outcome, durationMs: elapsed(), ...(initMs !== undefined && { initMs }) };
  };

  const dropIdle = () => {
    for (const slot of idle.splice(0)) {
      clearTimeout(slot.idleTimer);
      void slot.instance.close();
    }
  };

  return {
    get model() {
      return model;
    },
    invoke,
    injectFault: (fault, times = 1) => {
      for (let i = 0; i < times; i += 1) faults.push(fault);
    },
    signal: (signal) => {
      const all = [...busy, ...idle];
      for (const { instance } of all) instance.signal(signal);
      return all.length;
    },
    pids: () => [...busy, ...idle].map(({ instance }) => instance.pid),
    replaceCode: (codeDir) => {
      model = { ...model, codeDir };
      dropIdle();
    },
    close: async (graceMs = 0) => {
      closing = true;
      const until = Date.now() + graceMs;
      while (busy.size > 0 && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 10));
      await Promise.all([...idle.splice(0), ...busy].map(({ instance }) => instance.close()));
    },
  };
}
