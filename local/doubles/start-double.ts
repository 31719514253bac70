import { type CallLog, createCallLog } from './call-log';
import { createClock, type VirtualClock } from './clock';
import { controlRoutes, type LedgerEntry } from './control';
import { createDeliveries, type Deliveries } from './deliveries';
import type { DeliveryBookState } from './delivery-book';
import type { DoubleLine } from './double-line';
import { createFaultRules, type FaultRules } from './faults';
import type { HttpReply, HttpRequest } from './http-messages';
import { startHttpServer } from './http-server';
import { createRandom, type Random } from './random';
import { findRoute, type Route } from './route-table';
import { createDeliverySender, type DeliverySenderOptions } from './send-delivery';
import { createStateFile } from './state-file';

/** What the kit gives a double to build with. */
export interface DoubleParts {
  clock: VirtualClock;
  deliveries: Deliveries;
  random: Random;
  /** The double's base URL, without a trailing slash; empty until the server listens. */
  url: () => string;
  /** Tell the kit that state changed, so that it is saved. */
  changed: () => void;
}

/** What a double gives the kit. */
export interface DoubleBody {
  /** Provider endpoints and the double's own `/_control/...` ones. */
  routes: Route[];
  /** Wraps every call of a provider route: authentication, idempotency, error shapes. Default: just calls it. */
  around?: (request: HttpRequest, route: Route) => HttpReply | Promise<HttpReply>;
  /** An answer in the provider's error shape: 404 no such route, 405, 413, 400, 500. */
  refuse: (status: number, message: string, request: HttpRequest | undefined) => HttpReply;
  ledger: () => LedgerEntry[];
  /** For the call log: the decoded body and the idempotency key of a request. */
  describe: (request: HttpRequest) => { body: unknown; idempotencyKey: string | null };
  /** Plain JSON of all state, and back. */
  snapshot: () => unknown;
  restore: (state: unknown) => void;
  reset: () => void;
  /** Called once, when saved state is back and the server listens: the time to arm timers. */
  started?: () => void;
}

export interface StartDoubleOptions {
  provider: DoubleLine['provider'];
  port: number;
  clock?: VirtualClock;
  seed?: number;
  stateFile?: string;
  onEvent?: (line: DoubleLine) => void;
  retryDelaysMs: readonly number[];
  delivery: DeliverySenderOptions;
  maxBodyBytes?: number;
  build: (parts: DoubleParts) => DoubleBody;
}

export interface RunningDouble {
  url: string;
  port: number;
  clock: VirtualClock;
  faults: FaultRules;
  deliveries: Deliveries;
  calls: CallLog;
  body: DoubleBody;
  reset(): void;
  /** Saves state, stops listening and sending. */
  close(): Promise<void>;
}

/** Raised when saved state changes its form; older files are then ignored. */
const stateVersion = 1;

interface SavedState {
  version: typeof stateVersion;
  random: readonly number[];
  deliveries: DeliveryBookState;
  body: unknown;
}

/** Puts a provider double together from the kit: server, control API, deliveries, clock, faults, saved state. */
export async function startDouble(options: StartDoubleOptions): Promise<RunningDouble> {
  const { provider, onEvent } = options;
  const clock = options.clock ?? createClock();
  const random = createRandom(options.seed);
  const faults = createFaultRules();
  const calls = createCallLog();
  const deliveries = createDeliveries({
    clock,
    sender: createDeliverySender(options.delivery),
    retryDelaysMs: options.retryDelaysMs,
    onChange: () => file.touch(),
    onAttempt: ({ eventId, eventType, url, attempts }, { status, error, ms, forged }) =>
      onEvent?.({
        kind: 'delivery',
        provider,
        eventId,
        eventType,
        url,
        attempt: attempts.length,
        status,
        error,
        ms,
        forged,
      }),
  });
  let url = '';
  const body = options.build({ clock, deliveries, random, url: () => url, changed: () => file.touch() });
  const file = createStateFile(
    options.stateFile,
    (): SavedState => ({
      version: stateVersion,
      random: random.snapshot(),
      deliveries: deliveries.snapshot(),
      body: body.snapshot(),
    }),
  );
  const saved = readSavedState(file.load());
  if (saved) {
    random.restore(saved.random);
    body.restore(saved.body);
  }
  const reset = () => {
    faults.clear();
    calls.clear();
    deliveries.reset();
    body.reset();
    clock.reset();
    file.touch();
  };
  const control = controlRoutes({ clock, faults, deliveries, calls, ledger: body.ledger, reset });
  const routes = [...control, ...body.routes];

  const server = await startHttpServer({
    port: options.port,
    faults,
    maxBodyBytes: options.maxBodyBytes,
    refuse: body.refuse,
    handle(request) {
      const match = findRoute(routes, request.method, request.path);
      if (match === 'none') return body.refuse(404, 'Unrecognized request URL.', request);
      if (match === 'wrong-method') return body.refuse(405, 'Method not allowed.', request);
      request.params = match.params;
      if (match.route.pattern.startsWith('/_control')) return match.route.handle(request);
      return body.around ? body.around(request, match.route) : match.route.handle(request);
    },
    onAnswered(request, status, ms) {
      const { method, path } = request;
      if (path.startsWith('/_control')) return;
      const match = findRoute(routes, method, path);
      const description = body.describe(request);
      calls.record(
        { atMs: clock.now(), method, path, status, ms, ...description },
        typeof match === 'string' ? path : match.route.pattern,
      );
      onEvent?.({
        kind: 'request',
        provider,
        method,
        path,
        status,
        ms,
        idempotencyKey: description.idempotencyKey,
      });
    },
  });
  url = server.url;
  if (saved) deliveries.restore(saved.deliveries);
  body.started?.();

  return {
    url,
    port: server.port,
    clock,
    faults,
    deliveries,
    calls,
    body,
    reset,
    async close() {
      file.touch();
      file.flush();
      deliveries.close();
      if (!options.clock) clock.close();
      await server.close();
    },
  };
}

function readSavedState(value: unknown): SavedState | undefined {
  const isSaved =
    typeof value === 'object' && value !== null && 'version' in value && value.version === stateVersion;
  return isSaved ? (value as SavedState) : undefined;
}
