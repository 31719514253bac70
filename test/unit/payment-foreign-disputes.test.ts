import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Fact } from '../../services/payment/domain/fact-kinds';
import {
  consequences,
  foldObservation,
  type PaymentState,
} from '../../services/payment/domain/fold-observation';
import { refundable } from '../../services/payment/domain/refundable';
import { readStripeEvent } from '../../services/payment/providers/read-stripe-event';

const event = JSON.parse(
  readFileSync(join(__dirname, '../fixtures/stripe/charge_dispute_created.json'), 'utf8'),
);
const { charge, payment_intent: intent } = event.data.object;

const captured: Fact = {
  kind: 'capture',
  objectId: charge,
  status: 'succeeded',
  amountMinor: 1999n,
  currency: 'USD',
  parentId: null,
};

/** A payment of 19.99 in a currency; the dispute about it is in dollars, as our balance is. */
const paidIn = (currency: string): PaymentState => ({
  id: '00000000-0000-4000-8000-000000000001',
  provider: 'stripe',
  providerRef: intent,
  amountMinor: 1999n,
  currency,
  facts: [{ ...captured, currency }],
  open: null,
  reviewReason: null,
});

const fold = (state: PaymentState) => {
  const reading = readStripeEvent(JSON.stringify(event));
  if (reading.kind !== 'observation') throw new Error('no observation');
  return foldObservation(state, reading.observation, 'evt_1');
};

describe('a dispute in the currency of our balance, about a payment in another', () => {
  it('shows, so that nothing is refunded while it is fought; what it took is left to the drift report', () => {
    const folded = fold(paidIn('EUR'));
    if (folded.kind === 'review') throw new Error(folded.reason);
    expect(folded.added.map(({ kind, status, currency }) => [kind, status, currency])).toEqual([
      ['dispute', 'needs_response', 'EUR'],
    ]);
    expect(consequences(folded.state).derived).toMatchObject({
      status: 'succeeded',
      disputeStatus: 'needs_response',
      reversedMinor: 0n,
    });
    expect(() => refundable(folded.state.facts, 0n)).toThrow(
      expect.objectContaining({ code: 'payment_not_refundable' }),
    );
  });

  it('in the payment’s own takes what it says', () => {
    const folded = fold(paidIn('USD'));
    if (folded.kind === 'review') throw new Error(folded.reason);
    expect(folded.added.map(({ kind, amountMinor }) => [kind, amountMinor])).toEqual([
      ['dispute', 0n],
      ['withdrawal', 1999n],
      ['fee', 1500n],
    ]);
  });
});
