import { derivePayment } from './derive-payment';
import { factKey } from './fact-kinds';
import type { PaymentState } from './fold-observation';
import { newFacts } from './join-facts';
import type { Observation } from './observation';

/** One thing in which a report and what we know differ. Amounts with their currency: `1999 USD`, in ISO 4217 minor units. */
export interface Mismatch {
  readonly field: string;
  readonly ours: string | null;
  readonly reported: string | null;
}

/** Everything in which a report under review differs from its payment, as the payment stands now; empty if nothing does. */
export const explainReview = (state: PaymentState, observation: Observation): readonly Mismatch[] => {
  const { asked, facts, providerRef, paymentId } = observation;
  const worth = (amountMinor: bigint, currency = state.currency): string => `${amountMinor} ${currency}`;
  const differ = (field: string, ours: string | null, reported: string | null): readonly Mismatch[] =>
    reported === null || ours === null || ours === reported ? [] : [{ field, ours, reported }];
  const known = new Map(state.facts.map((fact) => [factKey(fact), fact]));
  const { capturedMinor, refundedMinor } = derivePayment(
    [...state.facts, ...newFacts(state.facts, facts)],
    null,
  );
  return [
    ...differ('payment_id', state.id, paymentId),
    ...differ('provider_ref', state.providerRef, providerRef),
    ...(asked === null
      ? []
      : differ('amount', worth(state.amountMinor), worth(asked.amountMinor, asked.currency))),
    ...facts.flatMap((fact) => {
      const other = known.get(factKey(fact));
      const ours = other ?? { ...fact, currency: state.currency };
      return [
        ...differ(
          `${factKey(fact)}:amount`,
          worth(ours.amountMinor, ours.currency),
          worth(fact.amountMinor, fact.currency),
        ),
        ...(other === undefined ? [] : differ(`${factKey(fact)}:parent`, other.parentId, fact.parentId)),
      ];
    }),
    ...(capturedMinor > state.amountMinor
      ? [{ field: 'captured', ours: worth(state.amountMinor), reported: worth(capturedMinor) }]
      : []),
    ...(refundedMinor > capturedMinor
      ? [{ field: 'refunded', ours: worth(capturedMinor), reported: worth(refundedMinor) }]
      : []),
  ];
};
