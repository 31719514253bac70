import type { Fact } from '../../services/payment/domain/fact-kinds';
import type { Observation } from '../../services/payment/domain/observation';
import { withoutStaleNews } from '../../services/payment/use-cases/without-stale-news';

const dispute = (status: string, hour: number): Fact => ({
  kind: 'dispute',
  objectId: 'du_1',
  status,
  amountMinor: 0n,
  currency: 'USD',
  parentId: 'ch_1',
  asOf: `2026-11-22T${hour}:00:00.000Z`,
});

const heard = (...facts: readonly Fact[]): Observation => ({
  provider: 'stripe',
  providerRef: 'pi_1',
  paymentId: null,
  asked: null,
  facts,
  open: null,
});

/** It was reviewed, and is to be answered again. */
const known = {
  facts: [dispute('needs_response', 14), dispute('under_review', 12)],
  open: null,
  currency: 'USD',
};

describe('what is no news of a dispute', () => {
  it('is to hear, asked later, that it stands where it stood', () => {
    const asked = withoutStaleNews({ source: 'sweep' }, heard(dispute('needs_response', 16)), known);
    expect(asked.facts).toEqual([]);
  });

  it('is what it moved in another currency than the payment’s, too: that counts for nothing', () => {
    const withdrawn = { ...dispute('withdrawn', 16), kind: 'withdrawal', amountMinor: 1n } as const;
    const foreign = [dispute('needs_response', 16), withdrawn].map((one) => ({ ...one, currency: 'EUR' }));
    expect(withoutStaleNews({ source: 'sweep' }, heard(...foreign), known).facts).toEqual([]);
  });

  it('is not that it stands where it stood before', () => {
    const again = heard(dispute('under_review', 16));
    expect(withoutStaleNews({ source: 'sweep' }, again, known).facts).toEqual(again.facts);
  });

  it('is not what the provider tells by itself', () => {
    const told = heard(dispute('needs_response', 16));
    for (const source of ['webhook', 'events'] as const)
      expect(withoutStaleNews({ source }, told, known)).toBe(told);
  });
});
