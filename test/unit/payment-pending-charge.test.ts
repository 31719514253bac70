import {
  consequences,
  foldObservation,
  type PaymentState,
} from '../../services/payment/domain/fold-observation';
import { observePaymentIntent } from '../../services/payment/providers/stripe-facts';
import { stripePaymentIntent } from '../../services/payment/providers/stripe-objects';
import { stripeReport } from '../support/reports';
import { stripeStory } from '../support/stripe-objects';

const story = stripeStory();
const opened: PaymentState = {
  id: '00000000-0000-4000-8000-000000000001',
  provider: 'stripe',
  providerRef: 'pi_1',
  amountMinor: 1999n,
  currency: 'USD',
  facts: [],
  open: null,
  reviewReason: null,
};

const fold = (state: PaymentState, observation: Parameters<typeof foldObservation>[1]): PaymentState => {
  const folded = foldObservation(state, observation, 'evt_x');
  if (folded.kind === 'review') throw new Error(folded.reason);
  return folded.state;
};

const told = (state: PaymentState, type: string, object: object): PaymentState => {
  const { reading } = stripeReport(story.event('evt_1', type, object));
  return reading.kind === 'observation' ? fold(state, reading.observation) : state;
};

const asked = (state: PaymentState, status: string): PaymentState => {
  const latest_charge = story.charge('failed', { id: 'ch_2', captured: false });
  const intent = stripePaymentIntent.parse(story.intent(status, { latest_charge }));
  return fold(state, observePaymentIntent(intent, '2026-11-22T12:00:00.999Z'));
};

const processing = told(
  told(opened, 'payment_intent.processing', story.intent('processing', { latest_charge: 'ch_1' })),
  'charge.pending',
  story.charge('pending', { captured: false }),
);
const statusOf = (state: PaymentState): string => consequences(state).derived.status;

describe('a pending charge whose failure was never told', () => {
  it('is in flight while the intent says so', () => {
    expect(statusOf(processing)).toBe('processing');
  });

  it('is over once the intent waits for another way to pay, after another charge', () => {
    expect(statusOf(asked(processing, 'requires_payment_method'))).toBe('requires_payment_method');
  });

  it('is over once the intent was canceled', () => {
    expect(statusOf(asked(processing, 'canceled'))).toBe('canceled');
  });

  it('still counts when it succeeds after all', () => {
    const canceled = asked(processing, 'canceled');
    expect(statusOf(told(canceled, 'charge.succeeded', story.charge('succeeded')))).toBe('succeeded');
  });
});
