import { consequences } from '../domain/fold-observation';
import type { Observation } from '../domain/observation';
import type { PaymentChange } from '../sql/apply-reports';
import type { LoadedPayment } from '../sql/load-payments';

/** The payment that a report is about; null when we have none. */
export const findPayment = (
  { provider, providerRef, paymentId }: Pick<Observation, 'provider' | 'providerRef' | 'paymentId'>,
  states: ReadonlyMap<string, LoadedPayment>,
): LoadedPayment | null => {
  for (const state of states.values()) {
    if (state.provider === provider && state.providerRef === providerRef && providerRef !== null)
      return state;
  }
  // The provider's id may not have reached us yet: the report can be faster than the answer to our own call.
  const named = paymentId === null ? undefined : states.get(paymentId);
  return named?.provider === provider ? named : null;
};

/** Whether there is nothing to write. */
export const isSamePayment = (a: LoadedPayment, b: LoadedPayment): boolean =>
  a.providerRef === b.providerRef &&
  a.facts.length === b.facts.length &&
  a.open?.eventId === b.open?.eventId &&
  a.reviewReason === b.reviewReason &&
  // Also where the reason stays: a report is set aside on top of the state that it contradicts, and of no other.
  a.reviews === b.reviews;

/** What must be written; none where nothing changed. */
export const changeOfPayment = (before: LoadedPayment, after: LoadedPayment): readonly PaymentChange[] => {
  if (isSamePayment(before, after)) return [];
  const { derived, ledger } = consequences(after);
  const { id, provider, version } = before;
  const { providerRef, open, reviewReason } = after;
  const newFacts = after.facts.slice(before.facts.length);
  return [{ id, provider, version, providerRef, derived, open, reviewReason, newFacts, ledger }];
};
