import { isAppError } from '#shared/errors/app-error';
import { STATEMENT_LAG_MS } from '../domain/drift-cause';
import type { Provider } from '../domain/provider-scale';
import type { ListWindow, MovementPage, ProviderStatement } from '../ports';
import { keepMovements } from '../sql/keep-movements';
import { countOpenDrift } from '../sql/list-open-drift';
import { type ListCursor, openCursor } from '../sql/move-cursor';
import { compareDay, compareOpen } from './compare-books';
import { type ListReading, readPage } from './read-list';
import { makeRunBudget, type RunBudget } from './run-budget';
import type { SweepRun } from './sweep-run';

export interface TotalsDeps {
  readonly statements: Readonly<Record<Provider, ProviderStatement>>;
  /** Told how many differences are open after the run, for the operator's counters. */
  readonly onDrift?: (open: number) => void;
}

/** Days compared, things that could not be done, calls made, and differences that are open now. */
export interface TotalsCount {
  readonly looked: number;
  readonly failed: number;
  readonly calls: number;
  readonly open: number;
}

const DAY_MS = 24 * 3_600_000;

/** How far back the first run goes; what is older was before anybody compared. */
const FIRST_DAYS = 30;

/** For each provider and run: the function has 240 s, and the next run goes on where this one stops. */
const LIMITS = { calls: 500, ms: 100_000 };

/**
 * Reads the providers' statements of the days that are over (in UTC, and long enough for the statement to be complete), keeps
 * them, and compares each day with the books; then looks again at every difference that is still open. Throws only when the
 * database cannot be reached.
 */
export const sweepDailyTotals = async (deps: SweepRun & TotalsDeps): Promise<TotalsCount> => {
  const askable = deps.patience.askable();
  const runs = await Promise.allSettled(askable.map((provider) => readProvider(deps, provider)));
  const total = { looked: 0, failed: 0, calls: 0 };
  for (const run of runs) {
    if (run.status === 'rejected') throw run.reason;
    total.looked += run.value.looked;
    total.failed += run.value.failed;
    total.calls += run.value.calls;
  }
  const open = await countOpenDrift(deps.database);
  deps.onDrift?.(open);
  return { ...total, open };
};

const readProvider = async (
  deps: SweepRun & TotalsDeps,
  provider: Provider,
): Promise<Omit<TotalsCount, 'open'>> => {
  const budget = makeRunBudget(deps.now, LIMITS);
  const total = { looked: 0, failed: 0 };
  const onFailure = (id: string, error: unknown): void => {
    if (isAppError(error, 'database_unavailable')) throw error;
    total.failed += 1;
    deps.onFailure({ task: 'daily-totals', id }, error);
  };
  const reading = readingOf(deps, provider, budget, {
    onFailure,
    onDay: () => {
      total.looked += 1;
    },
  });
  try {
    const now = deps.now();
    const earliest = startOfDay(now) - FIRST_DAYS * DAY_MS;
    let cursor: ListCursor | null = await openCursor(deps.database, {
      provider,
      list: 'movements',
      now,
      earliest,
    });
    while (cursor !== null && !budget.isSpent()) {
      const window: ListWindow = cursor.window ?? dayAfter(cursor.readUntil);
      if (window.until + STATEMENT_LAG_MS > now) break;
      cursor = await readPage(deps, cursor, window, reading, budget);
    }
    await compareOpen(deps, provider, budget, onFailure);
  } catch (error) {
    onFailure(provider, error);
  }
  return { ...total, calls: budget.calls() };
};

interface Listener {
  readonly onFailure: (id: string, error: unknown) => void;
  readonly onDay: () => void;
}

const readingOf = (
  deps: SweepRun & TotalsDeps,
  provider: Provider,
  budget: RunBudget,
  { onFailure, onDay }: Listener,
): ListReading<MovementPage> => ({
  ask: deps.statements[provider].list,
  takeIn: async ({ movements, refused }) => {
    for (const { id, error } of refused) onFailure(id, error);
    await keepMovements(deps.database, movements);
    return true;
  },
  finish: async ({ from }) => {
    await compareDay(deps, { provider, start: from }, budget, onFailure);
    onDay();
  },
});

const startOfDay = (ms: number): number => ms - (ms % DAY_MS);

/** The whole UTC day in which the cursor stands, up to the first moment of the next, where the cursor will stand then. */
const dayAfter = (readUntil: number): ListWindow => {
  const from = startOfDay(readUntil);
  return { from, until: from + DAY_MS, mark: null };
};
