import { isAppError } from '#shared/errors/app-error';
import type { Provider } from '../domain/provider-scale';
import type { EventPage, ListProviderEvents, ListWindow, ReadProviderEvent } from '../ports';
import { findKnownEvents } from '../sql/find-known-events';
import { type ListCursor, moveCursor, openCursor } from '../sql/move-cursor';
import { askPatiently, retryAfterMs } from './ask-patiently';
import type { Reconciled } from './fold-reports';
import type { ReconcileDeps } from './reconcile';
import { makeRunBudget, type RunBudget } from './run-budget';
import { takeInEvents } from './take-in-events';

export interface ProviderEventsDeps extends ReconcileDeps {
  readonly now: () => number;
  readonly mode: 'live' | 'test';
  readonly listEvents: Readonly<Record<Provider, ListProviderEvents>>;
  /**
   * A reader for one page: it asks a provider once for a thing that several events are about. `onCall` is told of each call.
   */
  readonly readTogether: (onCall: () => void) => ReadProviderEvent;
  /** Told about each thing that could not be done; the sweep goes on. */
  readonly onFailure: (what: { readonly task: string; readonly id: string }, error: unknown) => void;
  readonly onOutcome?: (outcome: Reconciled['outcome']) => void;
}

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
export const sweepProviderEvents = async (deps: ProviderEventsDeps): Promise<EventsCount> => {
  const counts = await Promise.all([readProvider(deps, 'stripe'), readProvider(deps, 'paypal')]);
  const lost = counts.find((count) => count.lost !== null);
  if (lost !== undefined) throw lost.lost;
  const sum = (of: keyof EventsCount): number => counts.reduce((total, count) => total + count[of], 0);
  return { looked: sum('looked'), failed: sum('failed'), calls: sum('calls') };
};

interface Run extends Omit<EventsCount, 'calls'> {
  readonly lost: unknown;
}

const readProvider = async (
  deps: ProviderEventsDeps,
  provider: Provider,
): Promise<EventsCount & { readonly lost: unknown }> => {
  const budget = makeRunBudget(deps.now, LIMITS);
  const total = { looked: 0, failed: 0, lost: null as Run['lost'] };
  try {
    const now = deps.now();
    const opened = { provider, list: 'events', now, earliest: now - KEPT_MS } as const;
    let cursor: ListCursor | null = await openCursor(deps.database, opened);
    if (cursor.waitUntil !== null && cursor.waitUntil > now) cursor = null;
    while (cursor !== null && cursor.readUntil < now && !budget.isSpent()) {
      const page = await readPage(deps, cursor, now, budget);
      total.looked += page.looked;
      total.failed += page.failed;
      cursor = page.cursor;
    }
  } catch (error) {
    // Nobody sells by that provider here.
    if (isAppError(error, 'provider_not_configured')) return { ...total, calls: 0 };
    total.failed += 1;
    if (isAppError(error, 'database_unavailable')) total.lost = error;
    deps.onFailure({ task: 'provider-events', id: provider }, error);
  }
  return { ...total, calls: budget.calls() };
};

/** Takes one page in and moves the cursor over it; null where the run ends: budget spent, or another run was faster. */
const readPage = async (
  deps: ProviderEventsDeps,
  cursor: ListCursor,
  now: number,
  budget: RunBudget,
): Promise<Pick<EventsCount, 'looked' | 'failed'> & { readonly cursor: ListCursor | null }> => {
  const { provider } = cursor;
  const window = cursor.window ?? { from: cursor.readUntil - OVERLAP_MS, until: now, mark: null };
  const page = await list(deps, provider, window, budget).catch(async (error: unknown) => {
    const instead = afterFailure(cursor, window, error, deps.now());
    const moved = instead === null ? null : await moveCursor(deps.database, instead);
    // A mark that the provider has forgotten: the window is read from its start again, and what is in is passed over.
    if (isForgotten(error, window) && moved !== null) return moved;
    throw error;
  });
  if (!('events' in page)) return { looked: 0, failed: 0, cursor: page };
  const known = await findKnownEvents(
    deps.database,
    provider,
    page.events.map(({ eventId }) => eventId),
  );
  // Newest first at both providers; told in the order in which it happened, less has to wait for what explains it.
  const fresh = page.events.filter(({ eventId }) => !known.has(eventId)).reverse();
  const taken = await takeInEvents(deps, provider, fresh, budget);
  for (const { id, error } of page.refused) deps.onFailure({ task: 'provider-event', id }, error);
  const count = { looked: taken.looked, failed: taken.failed + page.refused.length };
  return {
    ...count,
    cursor: taken.isWhole ? await moveCursor(deps.database, over(cursor, window, page)) : null,
  };
};

const list = async (
  deps: ProviderEventsDeps,
  provider: Provider,
  window: ListWindow,
  budget: RunBudget,
): Promise<EventPage> =>
  askPatiently(deps, budget.until, () => {
    budget.spend();
    return deps.listEvents[provider](window);
  });

/** The cursor behind a page: at the next page of the window, or at its end. */
const over = (cursor: ListCursor, window: ListWindow, { next }: EventPage): ListCursor => {
  // The same page for ever would keep all later ones out.
  if (next !== null && next === window.mark) throw new Error(`${cursor.provider} lists the same page again`);
  if (next !== null) return { ...cursor, window: { ...window, mark: next }, waitUntil: null };
  const readUntil = Math.max(cursor.readUntil, window.until);
  return { ...cursor, readUntil, window: null, waitUntil: null };
};

const isForgotten = (error: unknown, { mark }: ListWindow): boolean =>
  mark !== null && (isAppError(error, 'provider_rejected') || isAppError(error, 'payment_not_found'));

/** What to remember of a failed question; null where there is nothing. */
const afterFailure = (
  cursor: ListCursor,
  window: ListWindow,
  error: unknown,
  now: number,
): ListCursor | null => {
  if (isForgotten(error, window)) return { ...cursor, window: { ...window, mark: null } };
  const waitMs = retryAfterMs(error);
  return waitMs === null ? null : { ...cursor, waitUntil: now + waitMs };
};
