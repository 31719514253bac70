import type { Provider } from '../domain/provider-scale';
import type { PaymentProviders, ProviderStatement } from '../ports';
import { keepMovements } from '../sql/keep-movements';
import type { EntryDifference } from './compare-entries';
import type { Reconciled, Report } from './fold-reports';
import { type ObserveDeps, reportOf } from './observe';
import { type ReconcileDeps, reconcile } from './reconcile';

export interface MendDeps extends ReconcileDeps, ObserveDeps {
  readonly providers: PaymentProviders;
  readonly statements: Readonly<Record<Provider, ProviderStatement>>;
}

/** What became of an attempt to mend a difference: the payment's report was reconciled, the statement was asked again, or neither could be. */
export type Mending =
  | { readonly kind: 'reconciled'; readonly outcome: Reconciled['outcome'] }
  | { readonly kind: 'listed'; readonly movements: number }
  | { readonly kind: 'nothing_to_ask' };

/**
 * Asks the provider about a difference, once: how the payment stands, which is folded in as any other report is; or, of what we
 * booked and it did not list, what its statement says by now. Nothing is ever booked because a statement says so. Throws what
 * the provider's port throws.
 */
export const mendEntry = async (
  deps: MendDeps,
  { entry, difference }: EntryDifference,
  source: Extract<Report['source'], 'sweep' | 'repair'>,
): Promise<Mending> => {
  const { provider, paymentId, providerRef } = entry;
  if (difference.difference === 'missing_there') {
    const { books, objectId } = difference;
    const movements = await deps.statements[provider].find({ books, objectId, at: entry.at });
    await keepMovements(deps.database, movements);
    return { kind: 'listed', movements: movements.length };
  }
  if (paymentId === null || providerRef === null) return { kind: 'nothing_to_ask' };
  const observed = await deps.providers[provider].retrieve(providerRef);
  const report = reportOf(deps, source, observed);
  const result = (await reconcile(deps, [report])).get(report.eventId);
  return { kind: 'reconciled', outcome: result?.outcome ?? 'held' };
};
