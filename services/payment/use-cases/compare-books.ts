import type { Provider } from '../domain/provider-scale';
import type { LoadedEntry } from '../sql/entry-rows';
import { listOpenDrift } from '../sql/list-open-drift';
import { loadDay, loadEntries, loadUnlisted } from '../sql/load-entries';
import { matchPayPalMovements } from '../sql/match-paypal-movements';
import { sumDay } from '../sql/sum-day';
import { type EntryDifference, findDifferences, noteDrift } from './compare-entries';
import { type MendDeps, mendEntry } from './mend-entry';
import type { RunBudget } from './run-budget';
import type { SweepRun } from './sweep-run';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * What we booked in the last hour of a day may be on the statement of the next: it is looked at with that. Milliseconds.
 */
const EDGE_MS = HOUR_MS;

/** Entries compared at a time. */
const SLICE = 500;

/** Open differences looked at again in one run. */
const MOST_OPEN = 200;

export interface BookDay {
  readonly provider: Provider;
  /** Its first moment, milliseconds since 1970. */
  readonly start: number;
}

type Deps = SweepRun & Pick<MendDeps, 'statements'>;
type OnFailure = (id: string, error: unknown) => void;

/**
 * Compares what a provider's statement lists for a day with what we booked for it, and what we booked on that day with what any
 * statement lists. Each difference is taken to the provider once; what is left then is drift.
 */
export const compareDay = async (
  deps: Deps,
  { provider, start }: BookDay,
  budget: RunBudget,
  onFailure: OnFailure,
): Promise<void> => {
  const { database } = deps;
  if (provider === 'paypal') await matchPayPalMovements(database, start - 7 * DAY_MS);
  await inSlices(
    (after) => loadDay(database, { provider, day: dayOf(start), after, limit: SLICE }),
    (entries) => compareSlice(deps, provider, entries, budget, onFailure),
  );
  await inSlices(
    (after) => loadUnlisted(database, { provider, ...bookedOn(start), after, limit: SLICE }),
    (entries) => compareSlice(deps, provider, entries, budget, onFailure),
  );
  await sumUp(deps, provider, start);
};

const sumUp = ({ database, now }: Deps, provider: Provider, start: number): Promise<void> =>
  sumDay(database, { provider, day: dayOf(start), ...bookedOn(start), now: now() });

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** When something must have been booked to be looked at with a day. */
const bookedOn = (start: number): { readonly from: number; readonly until: number } => ({
  from: start - EDGE_MS,
  until: start + DAY_MS - EDGE_MS,
});

/** Looks again at what is open: it may have been booked, or listed, since. */
export const compareOpen = async (
  deps: Deps,
  provider: Provider,
  budget: RunBudget,
  onFailure: OnFailure,
): Promise<void> => {
  const keys = await listOpenDrift(deps.database, provider, MOST_OPEN);
  if (keys.length === 0) return;
  if (provider === 'paypal') await matchPayPalMovements(deps.database, deps.now() - 30 * DAY_MS);
  const entries = await loadEntries(deps.database, keys);
  await compareSlice(deps, provider, entries, budget, onFailure, keys);
  const days = new Set(entries.map(({ at }) => at - (at % DAY_MS)));
  for (const start of days) await sumUp(deps, provider, start);
};

const compareSlice = async (
  deps: Deps,
  provider: Provider,
  entries: readonly LoadedEntry[],
  budget: RunBudget,
  onFailure: OnFailure,
  examined: readonly string[] = entries.map(({ key }) => key),
): Promise<void> => {
  const first = findDifferences(entries);
  await mendAll(deps, provider, first, budget, onFailure);
  const again = await loadEntries(
    deps.database,
    first.map(({ entry }) => entry.key),
  );
  await noteDrift(deps, examined, findDifferences(again));
};

/** One question for each payment, however many of its entries differ. */
const mendAll = async (
  deps: Deps,
  provider: Provider,
  differences: readonly EntryDifference[],
  budget: RunBudget,
  onFailure: OnFailure,
): Promise<void> => {
  const asked = new Set<string>();
  for (const found of differences) {
    const { paymentId, key } = found.entry;
    const about = found.difference.difference === 'missing_there' ? key : (paymentId ?? key);
    if (asked.has(about) || budget.isSpent() || !deps.patience.askable().includes(provider)) continue;
    asked.add(about);
    budget.spend();
    try {
      const mending = await deps.patience.ask(provider, () => mendEntry(deps, found, 'sweep'));
      if (mending.kind === 'reconciled') deps.onOutcome?.(mending.outcome);
    } catch (error) {
      onFailure(key, error);
    }
  }
};

const inSlices = async (
  load: (after: string) => Promise<readonly LoadedEntry[]>,
  work: (entries: readonly LoadedEntry[]) => Promise<void>,
): Promise<void> => {
  for (let after = ''; ; ) {
    const entries = await load(after);
    if (entries.length > 0) await work(entries);
    const last = entries.at(-1);
    if (last === undefined || entries.length < SLICE) return;
    after = last.key;
  }
};
