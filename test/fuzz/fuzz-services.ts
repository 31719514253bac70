import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Context } from 'aws-lambda';
import fc from 'fast-check';
import { openWorld } from '../authorization/every-route';
import type { World } from '../authorization/objects';
import { type Attempt, arbitraryAttempt } from './arbitrary-attempt';
import { judgeAnswer } from './judge-answer';
import { type Cast, makeCast, makeRequest } from './make-request';
import { failing, type Troubled } from './make-trouble';

export interface FuzzOptions {
  readonly requests: number;
  readonly seed: number;
  /** Told after each slice how many requests have been made. */
  readonly onProgress?: (made: number) => void;
}

/** Bytes, after collecting garbage. */
export interface Memory {
  readonly resident: number;
  readonly heap: number;
}

export interface FuzzFigures {
  requests: number;
  /** Answers by status. */
  readonly statuses: Map<number, number>;
  /** Requests and successes by route. */
  readonly routes: Map<string, { requests: number; successes: number }>;
  /** Answers of 5xx that the contract declares, while something outside really failed. */
  declared: number;
  readonly faults: string[];
  /** Milliseconds, and whose answer it was. */
  slowest: { ms: number; route: string };
  /** After warming up, and in the end. */
  warm: Memory;
  end: Memory;
}

/** Requests that share people and objects. A failure is replayed by the seed of its slice alone. */
const SLICE = 500;

/** Requests until V8 has made its heap as large as it wants it. */
const WARM_UP = 20_000;

/** Sends requests from quite right to quite wrong to every route, and judges each answer. */
export const fuzzServices = async ({ requests, seed, onProgress }: FuzzOptions): Promise<FuzzFigures> => {
  const troubled: Troubled = { now: null };
  const { world, close } = await openWorld({
    database: (one) =>
      failing(one, ['query', 'withConnection'], () => troubled.now === 'database', 'database_unavailable'),
    identity: (one) =>
      failing(one, Object.keys(one) as never, () => troubled.now === 'identity', 'identity_unavailable'),
    provider: (one) =>
      failing(one, PROVIDER_CALLS, () => troubled.now === 'provider', 'provider_unavailable'),
  });
  const figures: FuzzFigures = {
    requests: 0,
    statuses: new Map(),
    routes: new Map(),
    declared: 0,
    faults: [],
    slowest: { ms: 0, route: '' },
    warm: { resident: 0, heap: 0 },
    end: { resident: 0, heap: 0 },
  };
  const warmUp = Math.min(WARM_UP, requests / 2);
  try {
    while (figures.requests < requests) {
      const slice = seed + figures.requests / SLICE;
      const numRuns = Math.min(SLICE, requests - figures.requests);
      const cast = await makeCast(world);
      for (const attempt of fc.sample(arbitraryAttempt, { seed: slice, numRuns })) {
        const fault = await tryOne({ world, cast, troubled, figures }, attempt);
        if (fault !== null)
          figures.faults.push(`${fault}\n  in the slice of seed ${slice}: ${describe(attempt)}`);
      }
      forget(world);
      onProgress?.(figures.requests);
      if (figures.warm.heap === 0 && figures.requests >= warmUp) figures.warm = settledMemory();
    }
    figures.end = settledMemory();
    return figures;
  } finally {
    await close();
  }
};

const PROVIDER_CALLS = [
  'create',
  'findCreated',
  'retrieve',
  'capture',
  'refund',
  'findRefund',
  'cancel',
] as const;

interface Run {
  readonly world: World;
  readonly cast: Cast;
  readonly troubled: Troubled;
  readonly figures: FuzzFigures;
}

const tryOne = async ({ world, cast, troubled, figures }: Run, attempt: Attempt): Promise<string | null> => {
  const { ruled, event } = await makeRequest(cast, attempt);
  const name = `${ruled.route.method} ${ruled.route.path}`;
  troubled.now = attempt.trouble;
  world.queue.isAway = attempt.trouble === 'queue';
  const started = performance.now();
  try {
    const answer = await world.handlers[ruled.service](event, {} as Context);
    const ms = performance.now() - started;
    if (ms > figures.slowest.ms) figures.slowest = { ms, route: name };
    const fault = judgeAnswer(ruled.route, answer, attempt.trouble);
    if (fault === null && answer.statusCode >= 500) figures.declared += 1;
    count(figures, name, answer.statusCode);
    return fault === null ? null : `${name}: ${fault}`;
  } catch (error) {
    return `${name}: threw ${String(error)}`;
  } finally {
    troubled.now = null;
    world.queue.isAway = false;
    figures.requests += 1;
  }
};

const count = ({ statuses, routes }: FuzzFigures, route: string, status: number): void => {
  statuses.set(status, (statuses.get(status) ?? 0) + 1);
  const figures = routes.get(route) ?? { requests: 0, successes: 0 };
  routes.set(route, {
    requests: figures.requests + 1,
    successes: figures.successes + (status < 400 ? 1 : 0),
  });
};

/** What the fakes remember for tests that look into them; the services remember nothing that grows. */
const forget = ({ lines, stripe, paypal, queue, mails, factors }: World): void => {
  for (const list of [lines, stripe.calls, paypal.calls, queue.sent, mails.queued]) list.length = 0;
  for (const map of [stripe.intents, paypal.intents, factors]) map.clear();
};

const describe = (attempt: Attempt): string =>
  JSON.stringify({ ...attempt, spelling: attempt.spelling('/path') }).slice(0, 2_000);

const settledMemory = (): Memory => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  collect();
  const { rss, heapUsed } = process.memoryUsage();
  return { resident: rss, heap: heapUsed };
};
