import { inOwnCurrency } from '../domain/fold-observation';
import { latestFacts } from '../domain/join-facts';
import type { Observation } from '../domain/observation';
import type { ReportSource } from '../sql/apply-reports';
import type { LoadedPayment } from '../sql/load-payments';

/** The provider's own event, delivered or listed: the same row whichever way it came. */
export const isEvent = ({ source }: { readonly source: ReportSource }): boolean =>
  source === 'webhook' || source === 'events';

/**
 * A report less what we heard before: asking again and hearing the same open status, or that a dispute stands where it stood, is
 * no news; every poll would otherwise write a row. An event is news in any case.
 */
export const withoutStaleNews = (
  report: { readonly source: ReportSource },
  observation: Observation,
  state: Pick<LoadedPayment, 'facts' | 'open' | 'currency'>,
): Observation => {
  if (isEvent(report)) return observation;
  const { open } = observation;
  const isSameOpen = open?.status === state.open?.status && open?.errorCode === state.open?.errorCode;
  const standing = new Map(
    latestFacts(state.facts)
      .filter(({ kind }) => kind === 'dispute')
      .map(({ objectId, status }) => [objectId, status]),
  );
  return {
    ...observation,
    open: isSameOpen ? null : open,
    facts: inOwnCurrency(state, observation.facts).filter(
      ({ kind, objectId, status }) => kind !== 'dispute' || standing.get(objectId) !== status,
    ),
  };
};
