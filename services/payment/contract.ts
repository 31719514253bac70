import * as z from 'zod/mini';
import { defineContract } from '#shared/kernel/route';

/** Amounts are integers in ISO 4217 minor units of `currency`: 1999 is 19.99 USD, 1500 is 1500 JPY. */
const amount = z.int().check(z.positive(), z.lte(99_999_999));
const currency = z.string().check(z.regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code in capitals'));
const uuid = z.uuid();
const provider = z.enum(['stripe', 'paypal']);
const status = z.enum([
  'created',
  'requires_payment_method',
  'requires_confirmation',
  'requires_action',
  'processing',
  'requires_capture',
  'succeeded',
  'partially_refunded',
  'refunded',
  'reversed',
  'failed',
  'canceled',
  'expired',
]);

const disputeStatus = z.enum([
  'warning_needs_response',
  'warning_under_review',
  'warning_closed',
  'needs_response',
  'under_review',
  'prevented',
  'won',
  'lost',
]);

const payment = z.object({
  id: uuid,
  provider,
  /** The Stripe payment intent or PayPal order; null until the provider has answered. */
  provider_ref: z.nullable(z.string()),
  price: z.string(),
  description: z.string(),
  amount,
  currency,
  status,
  captured_amount: z.int(),
  refunded_amount: z.int(),
  /** What the provider took back for disputes and reversals, less what it gave back. */
  reversed_amount: z.int(),
  /** The dispute or inquiry that needs attention most; the `warning_` ones are inquiries. Null without any. */
  dispute_status: z.nullable(disputeStatus),
  /** The provider's code for the last failed attempt. */
  last_error_code: z.nullable(z.string()),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
});

const fact = z.object({
  kind: z.enum([
    'authorization',
    'capture',
    'refund',
    'fee',
    'fee_return',
    'dispute',
    'withdrawal',
    'reinstatement',
    'cancellation',
    'expiry',
  ]),
  id: z.string(),
  status: z.string(),
  amount: z.int(),
});

const settled = z.object({ success: z.literal(true), payment });

/** One booking about which our books and a provider's statement differ. */
const drift = z.object({
  id: uuid,
  provider,
  /** What was moved: capture, refund, refund_reversal, fee, fee_return, withdrawal, reinstatement, payout, payout_return. */
  kind: z.string(),
  /** The provider's id of what was moved. */
  object_id: z.string(),
  /** Null where no payment of ours is behind it. */
  payment_id: z.nullable(uuid),
  provider_ref: z.nullable(z.string()),
  difference: z.enum(['missing_here', 'missing_there', 'differs']),
  field: z.enum(['movement', 'amount', 'currency', 'fee', 'status']),
  /** Amounts as minor units and currency (`1999 USD`), statuses by name; null where a side has nothing. */
  ours: z.nullable(z.string()),
  theirs: z.nullable(z.string()),
  /** The best guess from what is known; see docs/drift.md. */
  cause: z.string(),
  day: z.iso.date(),
  first_seen: z.iso.datetime(),
  last_seen: z.iso.datetime(),
  resolved_at: z.nullable(z.iso.datetime()),
  /** Since when it is known, or how long it was open. */
  age_seconds: z.int(),
});

/** `evt_…`, `WH-…`, `obs_…`. Unique for each provider: where both have one of an id, say whose. */
const eventId = z.string().check(z.regex(/^[\w.-]{1,255}$/));
const whoseEvent = z.strictObject({ provider: z.optional(provider) });
const eventCursor = z.string().check(z.regex(/^[\w-]{1,500}$/));
const moment = z.iso.datetime({ offset: true });
/** held: about a payment we do not have yet. review: contradicts what we know. dismissed: somebody has looked at that. */
const eventOutcome = z.enum(['applied', 'ignored', 'held', 'review', 'dismissed']);

/** A report as the inbox holds it. */
const event = z.object({
  id: z.string(),
  provider,
  type: z.string(),
  /** webhook and events: the provider's own, delivered or listed. The others: what we saw when we asked, and why we did. */
  source: z.string(),
  outcome: eventOutcome,
  reason: z.nullable(z.string()),
  payment_id: z.nullable(uuid),
  provider_ref: z.nullable(z.string()),
  mode: z.enum(['live', 'test']),
  account: z.nullable(z.string()),
  attempts: z.int(),
  received_at: z.iso.datetime(),
  processed_at: z.iso.datetime(),
});

const idempotencyHeader = {
  'Idempotency-Key':
    'Any 1 to 255 visible characters, best a UUID. The same key with the same body repeats the first answer.',
};

/**
 * The routes of the payment service. Of its back office, support may read everything; whatever moves money, or may lead to that
 * (refund, repair, replay, redrive, resolve), is for admins.
 */
export const paymentContract = defineContract({
  listPrices: {
    method: 'GET',
    path: '/api/payments/prices',
    summary: 'What can be bought',
    auth: 'user',
    rateLimits: [{ per: 'user', limit: 120, windowSeconds: 60 }],
    success: {
      status: 200,
      body: z.object({
        success: z.literal(true),
        prices: z.array(
          z.object({
            id: z.string(),
            name: z.string(),
            description: z.nullable(z.string()),
            currency,
            /** Null where the client names the amount, between `min_amount` and `max_amount`. */
            amount: z.nullable(amount),
            min_amount: z.nullable(amount),
            max_amount: z.nullable(amount),
          }),
        ),
      }),
    },
    errors: [],
  },
  createIntent: {
    method: 'POST',
    path: '/api/payments/create-intent',
    summary: 'Start a payment: a Stripe payment intent or a PayPal order',
    auth: 'user',
    liveSession: true,
    rateLimits: [{ per: 'user', limit: 20, windowSeconds: 60 }],
    headers: idempotencyHeader,
    body: z.strictObject({
      provider,
      /** An id of the catalogue. */
      price: z.string().check(z.regex(/^[a-z0-9][a-z0-9_-]{0,63}$/)),
      /** Only for prices that take an amount of the payer's choice. */
      amount: z.optional(amount),
      /** If given, must be the price's own: a client that believes otherwise must not charge anybody. */
      currency: z.optional(currency),
    }),
    success: {
      status: 201,
      body: z.object({
        success: z.literal(true),
        payment,
        /** Stripe: for stripe.js. */
        client_secret: z.optional(z.string()),
        payment_intent_id: z.optional(z.string()),
        /** PayPal: where to send the payer, and what to confirm afterwards. */
        approve_url: z.optional(z.string()),
        order_id: z.optional(z.string()),
      }),
    },
    errors: [
      'price_not_found',
      'amount_not_allowed',
      'currency_not_supported',
      'idempotency_key_invalid',
      'idempotency_key_reused',
      'idempotency_key_in_flight',
      'payment_ended',
      'provider_rejected',
      'provider_unavailable',
      'provider_outcome_unknown',
      'provider_not_configured',
    ],
  },
  confirmStripe: {
    method: 'POST',
    path: '/api/payments/confirm-stripe',
    summary: 'Settle a Stripe payment now instead of waiting for its webhook',
    auth: 'user',
    liveSession: true,
    rateLimits: [{ per: 'user', limit: 30, windowSeconds: 60 }],
    body: z.strictObject({ payment_intent_id: z.string().check(z.regex(/^pi_\w{1,250}$/)) }),
    success: { status: 200, body: settled },
    errors: [
      'payment_not_found',
      'payment_mismatch',
      'provider_rejected',
      'provider_unavailable',
      'provider_not_configured',
    ],
  },
  confirmPaypal: {
    method: 'POST',
    path: '/api/payments/confirm-paypal',
    summary: 'Capture an approved PayPal order',
    auth: 'user',
    liveSession: true,
    rateLimits: [{ per: 'user', limit: 30, windowSeconds: 60 }],
    body: z.strictObject({ order_id: z.string().check(z.regex(/^[A-Z0-9-]{1,36}$/)) }),
    success: { status: 200, body: settled },
    errors: [
      'payment_not_found',
      'payment_not_approved',
      'payment_declined',
      'payment_mismatch',
      'provider_rejected',
      'provider_unavailable',
      'provider_not_configured',
    ],
  },
  listHistory: {
    method: 'GET',
    path: '/api/payments/history',
    summary: 'Own payments, newest first',
    auth: 'user',
    liveSession: true,
    rateLimits: [{ per: 'user', limit: 120, windowSeconds: 60 }],
    query: z.strictObject({
      limit: z.optional(z.string().check(z.regex(/^([1-9]\d?|100)$/, 'must be 1 to 100'))),
      /** `next_cursor` of the page before. */
      cursor: z.optional(z.string().check(z.regex(/^[\w-]{1,200}$/))),
      status: z.optional(status),
      provider: z.optional(provider),
    }),
    success: {
      status: 200,
      body: z.object({
        success: z.literal(true),
        data: z.array(payment),
        has_more: z.boolean(),
        next_cursor: z.nullable(z.string()),
      }),
    },
    errors: [],
  },
  getHistory: {
    method: 'GET',
    path: '/api/payments/history/{id}',
    summary: 'One of the own payments with everything the provider reported about it',
    auth: 'user',
    liveSession: true,
    rateLimits: [{ per: 'user', limit: 120, windowSeconds: 60 }],
    params: z.strictObject({ id: uuid }),
    success: { status: 200, body: z.object({ success: z.literal(true), payment, facts: z.array(fact) }) },
    errors: ['payment_not_found'],
  },
  cancelPayment: {
    method: 'POST',
    path: '/api/payments/{id}/cancel',
    summary: 'Cancel an own payment that has not been paid; answers how it then stands, which may be paid',
    auth: 'user',
    liveSession: true,
    rateLimits: [{ per: 'user', limit: 30, windowSeconds: 60 }],
    headers: idempotencyHeader,
    params: z.strictObject({ id: uuid }),
    body: z.strictObject({}),
    success: { status: 200, body: settled },
    errors: [
      'payment_not_found',
      'payment_not_cancelable',
      'payment_mismatch',
      'idempotency_key_invalid',
      'idempotency_key_reused',
      'idempotency_key_in_flight',
      'provider_not_configured',
      'provider_rejected',
      'provider_unavailable',
      'provider_outcome_unknown',
    ],
  },
  refundPayment: {
    method: 'POST',
    path: '/api/payments/{id}/refund',
    summary: 'Give money back, all that is left or a part',
    auth: 'admin',
    liveSession: true,
    rateLimits: [{ per: 'user', limit: 30, windowSeconds: 60 }],
    headers: idempotencyHeader,
    params: z.strictObject({ id: uuid }),
    body: z.strictObject({
      /** Default: all that has been captured and not refunded. */
      amount: z.optional(amount),
    }),
    success: {
      status: 200,
      body: z.object({ success: z.literal(true), payment, refund: z.object({ id: z.string(), amount }) }),
    },
    errors: [
      'payment_not_found',
      'payment_not_refundable',
      'idempotency_key_invalid',
      'idempotency_key_reused',
      'idempotency_key_in_flight',
      'provider_rejected',
      'provider_unavailable',
      'provider_outcome_unknown',
      'provider_not_configured',
    ],
  },
  listDrift: {
    method: 'GET',
    path: '/api/payments/drift',
    summary: 'Where our books and the providers differ, newest first',
    auth: 'support',
    liveSession: true,
    rateLimits: [{ per: 'user', limit: 120, windowSeconds: 60 }],
    query: z.strictObject({
      limit: z.optional(z.string().check(z.regex(/^([1-9]\d?|100)$/, 'must be 1 to 100'))),
      /** `next_cursor` of the page before. */
      cursor: z.optional(z.string().check(z.regex(/^[\w-]{1,200}$/))),
      provider: z.optional(provider),
      /** Default: open and resolved ones. */
      open: z.optional(z.enum(['true', 'false'])),
    }),
    success: {
      status: 200,
      body: z.object({
        success: z.literal(true),
        data: z.array(drift),
        has_more: z.boolean(),
        next_cursor: z.nullable(z.string()),
      }),
    },
    errors: [],
  },
  listDriftTotals: {
    method: 'GET',
    path: '/api/payments/drift/totals',
    summary: 'What was moved on each day, by our books and by the providers',
    auth: 'support',
    liveSession: true,
    rateLimits: [{ per: 'user', limit: 60, windowSeconds: 60 }],
    query: z.strictObject({
      /** Days in UTC, both included, at most 92 apart; default: the last seven. */
      from: z.optional(z.iso.date()),
      to: z.optional(z.iso.date()),
    }),
    success: {
      status: 200,
      body: z.object({
        success: z.literal(true),
        data: z.array(
          z.object({
            provider,
            day: z.iso.date(),
            currency,
            kind: z.string(),
            /** Sums in ISO 4217 minor units. */
            ours: z.int(),
            theirs: z.int(),
            ours_count: z.int(),
            theirs_count: z.int(),
            compared_at: z.iso.datetime(),
          }),
        ),
      }),
    },
    errors: [],
  },
  repairDrift: {
    method: 'POST',
    path: '/api/payments/drift/{id}/repair',
    summary: 'Ask the provider about a difference, fold its answer in, and compare again',
    auth: 'admin',
    liveSession: true,
    rateLimits: [{ per: 'user', limit: 30, windowSeconds: 60 }],
    params: z.strictObject({ id: uuid }),
    body: z.strictObject({}),
    success: {
      status: 200,
      body: z.object({
        success: z.literal(true),
        drift,
        resolved: z.boolean(),
        reason: z.enum(['agrees', 'still_differs', 'under_review', 'not_ours']),
      }),
    },
    errors: [
      'not_found',
      'payment_not_found',
      'provider_rejected',
      'provider_unavailable',
      'provider_not_configured',
    ],
  },
  listEvents: {
    method: 'GET',
    path: '/api/payments/events',
    summary: 'What the providers reported, newest first, without what it says',
    auth: 'support',
    liveSession: true,
    rateLimits: [{ per: 'user', limit: 120, windowSeconds: 60 }],
    query: z.strictObject({
      limit: z.optional(z.string().check(z.regex(/^([1-9]\d?|100)$/, 'must be 1 to 100'))),
      /** `next_cursor` of the page before. */
      cursor: z.optional(eventCursor),
      outcome: z.optional(eventOutcome),
      provider: z.optional(provider),
      /** Our payment's id. */
      payment: z.optional(uuid),
      /** When it was received: from this moment on, up to but not at that one. */
      from: z.optional(moment),
      to: z.optional(moment),
    }),
    success: {
      status: 200,
      body: z.object({
        success: z.literal(true),
        data: z.array(event),
        has_more: z.boolean(),
        next_cursor: z.nullable(z.string()),
      }),
    },
    errors: [],
  },
  getEvent: {
    method: 'GET',
    path: '/api/payments/events/{id}',
    summary: 'One event with what it says, less personal data and secrets',
    auth: 'support',
    liveSession: true,
    rateLimits: [{ per: 'user', limit: 120, windowSeconds: 60 }],
    params: z.strictObject({ id: eventId }),
    query: whoseEvent,
    success: {
      status: 200,
      body: z.object({
        success: z.literal(true),
        event: z.object({
          ...event.shape,
          transmission_id: z.nullable(z.string()),
          /** SHA-256 of the bytes as delivered, hex. */
          sha256: z.nullable(z.string()),
          /** The event's JSON text; null for what we saw by asking. */
          body: z.nullable(z.string()),
          /** What we saw by asking, JSON text; see docs/rebuild.md. */
          observation: z.nullable(z.string()),
        }),
      }),
    },
    errors: ['not_found'],
  },
  replayEvent: {
    method: 'POST',
    path: '/api/payments/events/{id}/replay',
    summary: 'Read an event again and apply what it brings; what it brought before changes nothing',
    auth: 'admin',
    liveSession: true,
    rateLimits: [{ per: 'user', limit: 60, windowSeconds: 60 }],
    params: z.strictObject({ id: eventId }),
    query: whoseEvent,
    body: z.strictObject({}),
    success: {
      status: 200,
      body: z.object({ success: z.literal(true), event, payment: z.nullable(payment) }),
    },
    errors: [
      'not_found',
      'webhook_body_invalid',
      'conflict',
      'provider_not_configured',
      'provider_rejected',
      'provider_unavailable',
    ],
  },
  replayEvents: {
    method: 'POST',
    path: '/api/payments/events/replay',
    summary: 'Put the events of a range of time on the queue again, up to 100 a call, oldest first',
    auth: 'admin',
    liveSession: true,
    rateLimits: [{ per: 'user', limit: 60, windowSeconds: 60 }],
    body: z.strictObject({
      /** When they were received: from this moment on, up to but not at that one. */
      from: moment,
      to: moment,
      outcome: z.optional(eventOutcome),
      provider: z.optional(provider),
      /** `next_cursor` of the call before. */
      cursor: z.optional(eventCursor),
    }),
    success: {
      status: 202,
      body: z.object({
        success: z.literal(true),
        sent: z.int(),
        has_more: z.boolean(),
        next_cursor: z.nullable(z.string()),
      }),
    },
    errors: ['queue_unavailable'],
  },
  showDeadLetters: {
    method: 'GET',
    path: '/api/payments/dead-letters',
    summary:
      'Messages of events that were tried in vain: how many, and up to ten of them without what they say',
    auth: 'support',
    liveSession: true,
    rateLimits: [{ per: 'user', limit: 30, windowSeconds: 60 }],
    success: {
      status: 200,
      body: z.object({
        success: z.literal(true),
        /** SQS counts approximately. */
        count: z.int(),
        /** Of those shown; null when there is none. */
        oldest_age_seconds: z.nullable(z.int()),
        data: z.array(
          z.object({
            message_id: z.string(),
            /** Null for a message that the reconciler does not know the form of. */
            event: z.nullable(z.object({ provider: z.string(), id: z.string(), type: z.string() })),
            sent_at: z.iso.datetime(),
          }),
        ),
      }),
    },
    errors: ['queue_unavailable'],
  },
  redriveDeadLetters: {
    method: 'POST',
    path: '/api/payments/dead-letters/redrive',
    summary: 'Put all dead letters back on the queue',
    auth: 'admin',
    liveSession: true,
    rateLimits: [{ per: 'user', limit: 10, windowSeconds: 60 }],
    body: z.strictObject({}),
    success: {
      status: 202,
      /** `task`: SQS's handle of the move. `count`: how many were waiting when it began. */
      body: z.object({ success: z.literal(true), task: z.string(), count: z.int() }),
    },
    errors: ['conflict', 'queue_unavailable'],
  },
  listReviews: {
    method: 'GET',
    path: '/api/payments/reviews',
    summary: 'Events that contradict what we know of their payment, oldest first, with both values',
    auth: 'support',
    liveSession: true,
    rateLimits: [{ per: 'user', limit: 120, windowSeconds: 60 }],
    query: z.strictObject({
      limit: z.optional(z.string().check(z.regex(/^([1-9]\d?|100)$/, 'must be 1 to 100'))),
      cursor: z.optional(eventCursor),
    }),
    success: {
      status: 200,
      body: z.object({
        success: z.literal(true),
        data: z.array(
          z.object({
            event,
            payment: z.nullable(payment),
            /** Amounts as minor units and currency: `1999 USD`. Empty where nothing differs any more. */
            mismatches: z.array(
              z.object({
                field: z.string(),
                ours: z.nullable(z.string()),
                reported: z.nullable(z.string()),
              }),
            ),
          }),
        ),
        has_more: z.boolean(),
        next_cursor: z.nullable(z.string()),
      }),
    },
    errors: [],
  },
  resolveReview: {
    method: 'POST',
    path: '/api/payments/reviews/{id}/resolve',
    summary: 'Mark an event under review as looked at; it stays without effect',
    auth: 'admin',
    liveSession: true,
    rateLimits: [{ per: 'user', limit: 60, windowSeconds: 60 }],
    params: z.strictObject({ id: eventId }),
    query: whoseEvent,
    /** There is no other resolution: what contradicts us is never accepted by hand. */
    body: z.strictObject({ resolution: z.literal('dismissed') }),
    success: {
      status: 200,
      body: z.object({ success: z.literal(true), event, payment: z.nullable(payment) }),
    },
    errors: ['not_found', 'event_not_under_review', 'conflict'],
  },
});

export type PaymentContract = typeof paymentContract;
