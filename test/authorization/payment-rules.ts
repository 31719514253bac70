import { randomUUID } from 'node:crypto';
import type { healthContract } from '../../services/health/contract';
import type { paymentContract } from '../../services/payment/contract';
import type { webhookContract } from '../../services/webhook/contract';
import { ofTheHouse, owned } from './objects';
import type { Rule } from './rule';

const ownPayment = { whose: 'own', absent: 'payment_not_found' } as const;

const onEvent = { names: ofTheHouse.event, whose: 'any' } as const;

const [from, to] = ['2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z'];

export const paymentRules: Readonly<Record<keyof typeof paymentContract, Rule>> = {
  listPrices: {},
  createIntent: { request: () => ({ body: { provider: 'stripe', price: 'pro' } }) },
  confirmStripe: {
    ...ownPayment,
    names: owned.stripeIntent,
    request: (id) => ({ body: { payment_intent_id: id } }),
  },
  confirmPaypal: { ...ownPayment, names: owned.paypalOrder, request: (id) => ({ body: { order_id: id } }) },
  listHistory: {},
  getHistory: { ...ownPayment, names: owned.payment },
  cancelPayment: { ...ownPayment, names: owned.payment, request: () => ({ body: {} }) },

  refundPayment: {
    names: owned.settledPayment,
    whose: 'any',
    absent: 'payment_not_found',
    request: () => ({ body: { amount: 100 } }),
    audit: ['payments.refund', 'payments.refunded'],
  },
  listDrift: {},
  listDriftTotals: {},
  repairDrift: {
    names: ofTheHouse.drift,
    whose: 'any',
    request: () => ({ body: {} }),
    audit: ['drift.repair', 'drift.repaired'],
  },
  listEvents: {},
  getEvent: onEvent,
  replayEvent: { ...onEvent, request: () => ({ body: {} }), audit: ['events.replay'] },
  replayEvents: { request: () => ({ body: { from, to } }), audit: ['events.replay_range'] },
  showDeadLetters: {},
  redriveDeadLetters: { request: () => ({ body: {} }), audit: ['dead_letters.redrive'] },
  listReviews: {},
  resolveReview: {
    names: ofTheHouse.review,
    whose: 'any',
    request: () => ({ body: { resolution: 'dismissed' } }),
    audit: ['reviews.dismiss'],
  },
  recordUsage: { request: () => ({ body: { meter: 'exports', key: randomUUID() } }) },
  listUsage: {},
  readAnalytics: {},
};

export const webhookRules: Readonly<Record<keyof typeof webhookContract, Rule>> = {
  receiveStripe: { request: () => ({ body: {} }), granted: 'webhook_signature_invalid' },
  receivePayPal: { request: () => ({ body: {} }), granted: 'webhook_signature_invalid' },
  receiveChange: { request: () => ({ body: {} }), granted: 'webhook_signature_invalid' },
};

export const healthRules: Readonly<Record<keyof typeof healthContract, Rule>> = { getHealth: {} };
