import type { Provider } from '../domain/provider-scale';
import type { PaymentProviders, ReadProviderEvent } from '../ports';
import type { Reconciled } from './fold-reports';
import type { ObserveDeps } from './observe';
import type { Patience } from './provider-patience';
import type { ReconcileDeps } from './reconcile';

export interface SweepDeps extends ReconcileDeps, ObserveDeps {
  readonly providers: PaymentProviders;
  readonly read: ReadProviderEvent;
  /** Told about each thing that could not be done; the sweep goes on. */
  readonly onFailure: (what: { readonly task: string; readonly id: string }, error: unknown) => void;
  /** Told what became of each observation, for the operator's counters. */
  readonly onOutcome?: (outcome: Reconciled['outcome']) => void;
}

/** One run of the sweep: its parts share what they may ask of each provider. */
export interface SweepRun extends SweepDeps {
  readonly patience: Patience;
}

/** How many were looked at, and how many of them failed. */
export interface SweepCount {
  readonly looked: number;
  readonly failed: number;
}

/**
 * One after the other, so that a sweep never takes more than one connection; a failure is told and passed over. Those of a
 * provider that may not be asked any more are left for the next run.
 */
export const forEach = async <Item extends { readonly id: string; readonly provider: Provider }>(
  deps: SweepRun,
  task: string,
  items: readonly Item[],
  work: (item: Item) => Promise<void>,
  asksProvider: (item: Item) => boolean = () => true,
): Promise<SweepCount> => {
  const count = { looked: 0, failed: 0 };
  for (const item of items) {
    if (asksProvider(item) && !deps.patience.askable().includes(item.provider)) continue;
    count.looked += 1;
    try {
      await work(item);
    } catch (error) {
      count.failed += 1;
      deps.onFailure({ task, id: item.id }, error);
    }
  }
  return count;
};
