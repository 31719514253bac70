import * as z from 'zod/mini';
import { defineContract } from '#shared/kernel/route';
import { event, payment } from './answers';
import { eventCursor, eventId, eventOutcome, moment, provider, uuid, whoseEvent } from './fields';
import { pageLimit, pageOf } from './page';

/** What the providers reported. */
export const eventRoutes = defineContract({
  listEvents: {
    method: 'GET',
    path: '/api/payments/events',
    summary: 'What the providers reported, newest first, without what it says',
    auth: 'support',
    liveSession: true,
    rateLimits: [{ per: 'user', limit: 120, windowSeconds: 60 }],
    query: z.strictObject({
      limit: z.optional(pageLimit),
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
      body: pageOf(event),
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
});
