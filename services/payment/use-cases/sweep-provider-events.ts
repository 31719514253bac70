import { isAppError } from '#shared/errors/app-error';
import type { Provider } from '../domain/provider-scale';
import type { EventPage, ListWindow } from '../ports';
import { findKnownEvents } from '../sql/find-known-events';
import { type ListCursor, openCursor } from '../sql/move-cursor';
import type { EventLists } from './event-lists';
import { type ListReading, readPage } from './read-list';
import { makeRunBudget, type RunBudget } from './run-budget';
import type { SweepRun } from './sweep-run';
import { takeInEvents } from './take-in-events';

/** Events that no webhook had brought, how many of those could not be taken in, and the calls it took. */
export interface EventsCount {
  readonly looked: number;
  readonly failed: number;
  readonly calls: number;
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/**
 * How far behind the cursor each reading starts: an event may appear late in the list, its time has a grain of a second, and
 * the provider's clock is not ours.
 */
const OVERLAP_MS = 60 * MINUTE_MS;

/** Stripe keeps events for 30 days; PayPal does not say. */
const KEPT_MS = 30 * DAY_MS;

/** For each provider and run: the function has 240 s, and the next run goes on where this one stops. */
const LIMITS = { calls: 1_000, ms: 150_000 };

/**
 * Reads what the providers say has happened since the last reading, and takes in what no webhook brought, as if it had. The
 * providers are read side by side, so that one that hangs does not keep the other waiting; and a cursor moves only over what
 * is in. Throws only when the database cannot be reached.
 */
export const sweepProviderEvents = async (deps: SweepRun & EventLists): Promise<EventsCount> => {
  const askable = deps.patience.askable();
  const runs = await Promise.allSettled(askable.map((provider) => readProvider(deps, provider)));
  const total = { looked: 0, failed: 0, calls: 0 };
  for (const run of runs) {
    if (run.status === 'rejected') throw run.reason;
    total.looked += run.value.looked;
    total.failed += run.value.failed;
    total.calls += run.value.calls;
  }
  return total;
};

const readProvider = async (deps: SweepRun & EventLists, provider: Provider): Promise<EventsCount> => {
  const budget = makeRunBudget(deps.now, LIMITS);
  const total = { looked: 0, failed: 0 };
  const reading = readingOf(deps, provider, budget, total);
  try {
    const now = deps.now();
    const opened = { provider, list: 'events', now, earliest: now - KEPT_MS } as const;
    let cursor: ListCursor | null = await openCursor(deps.database, opened);
    while (cursor !== null && cursor.readUntil < now && !budget.isSpent()) {
      const window: ListWindow = cursor.window ?? {
        from: cursor.readUntil - OVERLAP_MS,
        until: now,
        mark: null,
      };
      cursor = await readPage(deps, cursor, window, reading, budget);
    }
  } catch (error) {
    if (isAppError(error, 'database_unavailable')) throw error;
    total.failed += 1;
    deps.onFailure({ task: 'provider-events', id: provider }, error);
  }
  return { ...total, calls: budget.calls() };
};

const readingOf = (
  deps: SweepRun & EventLists,
  provider: Provider,
  budget: RunBudget,
  total: { looked: number; failed: number },
): ListReading<EventPage> => ({
  ask: deps.listEvents[provider],
  takeIn: async ({ events, refused }) => {
    for (const { id, error } of refused) deps.onFailure({ task: 'provider-event', id }, error);
    const ids = events.map(({ eventId }) => eventId);
    const known = await findKnownEvents(deps.database, provider, ids);
    // Newest first at both providers; told in the order in which it happened, less has to wait for what explains it.
    const fresh = events.filter(({ eventId }) => !known.has(eventId)).reverse();
    const taken = await takeInEvents(deps, provider, fresh, budget);
    total.looked += taken.looked;
    total.failed += taken.failed + refused.length;
    return taken.isWhole;
  },
});
