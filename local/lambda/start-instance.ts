import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { FunctionModel } from '../assembly/model';
import { functionEnvironment } from './function-environment';
import { type Invocation, type Outcome, platformError } from './invocation';
import { startRuntimeApi } from './runtime-api';

/** AWS gives the init phase ten seconds. */
const INIT_TIMEOUT_MS = 10_000;

export type InstanceOptions = {
  bootstrap: string;
  region: string;
  /** Variables over the template's, for the local endpoints. */
  environment: Record<string, string>;
  /** Every line that the process writes. */
  onOutput: (line: string) => void;
};

/** One process of a function: it serves one call at a time, like an execution environment of AWS. */
export type Instance = {
  pid: number;
  /** Resolves when the process waits for work; rejects with the error object of a failed start. */
  ready: Promise<void>;
  /** Milliseconds that the start took; 0 before `ready`. */
  initMs: () => number;
  /** Runs one call. Never rejects: failures are outcomes. The instance is dead after a timeout or crash. */
  run: (invocation: Invocation) => Promise<Omit<Outcome, 'durationMs'>>;
  isAlive: () => boolean;
  signal: (signal: NodeJS.Signals) => void;
  /** Ends the process at once and resolves when it is gone. */
  close: () => Promise<void>;
};

type Ending = { payload: string; functionError?: 'Unhandled' };

/** Starts a process for `fn` and connects it by the Runtime API. */
export async function startInstance(fn: FunctionModel, options: InstanceOptions): Promise<Instance> {
  const startedAt = Date.now();
  let initMs = 0;
  let alive = true;
  let finish: ((ending: Ending) => void) | undefined;
  let becomeReady: () => void = () => undefined;
  let failInit: (payload: string) => void = () => undefined;
  const ready = new Promise<void>((resolve, reject) => {
    becomeReady = resolve;
    failInit = (payload) => reject(new InitError(payload));
  });
  ready.catch(() => undefined); // whoever runs a call looks at it

  // A function that failed by itself is told apart from one that answered.
  const fail = (error: object): void =>
    finish?.({ payload: JSON.stringify(error), functionError: 'Unhandled' });

  // The process asks for the next event right after it answered: the instance is free only from then on.
  let answered: Ending | undefined;
  const api = await startRuntimeApi({
    onReady: () => {
      if (initMs === 0) initMs = Math.max(1, Date.now() - startedAt);
      becomeReady();
      const ending = answered;
      answered = undefined;
      if (ending) finish?.(ending);
    },
    onResponse: (_id, payload) => {
      answered = { payload };
    },
    onError: (_id, payload) => {
      answered = { payload, functionError: 'Unhandled' };
    },
    onTooLarge: () => {
      answered = { payload: JSON.stringify(platformError.tooLarge()), functionError: 'Unhandled' };
    },
    onInitError: failInit,
  });

  const heapMb = Math.max(64, Math.floor(fn.memoryMb * 0.9));
  const child = spawn(process.execPath, [`--max-old-space-size=${heapMb}`, options.bootstrap], {
    cwd: fn.codeDir,
    detached: true, // Ctrl-C reaches the runner alone, which lets calls in flight finish
    env: functionEnvironment(fn, api.address, options.region, options.environment),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on('line', options.onOutput);
  }
  const initTimer = setTimeout(() => child.kill('SIGKILL'), INIT_TIMEOUT_MS);
  ready.then(
    () => clearTimeout(initTimer),
    () => clearTimeout(initTimer),
  );
  let currentRequest = '';
  const exited = new Promise<void>((resolve) => {
    child.once('error', (error) => gone(error.message));
    child.once('exit', (code, signal) => gone(signal ? `signal: ${signal}` : `exit status ${code}`));
    const gone = (reason: string) => {
      alive = false;
      const ended = answered;
      answered = undefined;
      if (ended)
        finish?.(ended); // it answered and died before asking for more: the answer counts
      else fail(platformError.exited(currentRequest, reason));
      failInit(JSON.stringify(platformError.exited(currentRequest, reason)));
      api.close();
      resolve();
    };
  });

  const signal = (name: NodeJS.Signals) => {
    if (name === 'SIGKILL') alive = false; // no call may be given to it between the signal and the exit
    child.kill(name);
  };
  const close = async () => {
    signal('SIGKILL');
    await exited;
  };

  return {
    pid: child.pid ?? 0,
    ready,
    initMs: () => initMs,
    isAlive: () => alive,
    signal,
    close,
    run: async (invocation) => {
      currentRequest = invocation.requestId;
      const { requestId } = invocation;
      try {
        await ready;
      } catch (error) {
        return { requestId, payload: (error as InitError).payload, functionError: 'Unhandled' };
      }
      const timers: NodeJS.Timeout[] = [];
      const ending = await new Promise<Ending>((resolve) => {
        finish = resolve;
        if (!alive) return fail(platformError.exited(requestId, 'the process was gone'));
        const timeUp = () => {
          fail(platformError.timedOut(requestId, fn.timeoutMs));
          options.onOutput(
            `${new Date().toISOString()} ${requestId} Task timed out after ${fn.timeoutMs / 1000} seconds`,
          );
          void close();
        };
        timers.push(setTimeout(timeUp, fn.timeoutMs));
        const at = invocation.fault?.at;
        if (at?.kind === 'after-ms') {
          timers.push(setTimeout(() => child.kill(invocation.fault?.signal), at.ms));
        }
        api.deliver({ ...invocation, deadlineMs: Date.now() + fn.timeoutMs }, fn.arn);
      });
      finish = undefined;
      for (const timer of timers) clearTimeout(timer);
      return { requestId, ...ending };
    },
  };
}

/** The init phase failed; `payload` is the error object. */
class InitError extends Error {
  override name = 'InitError';
  constructor(readonly payload: string) {
    super('the function could not be initialised');
  }
}
