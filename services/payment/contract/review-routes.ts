import * as z from 'zod/mini';
import { defineContract } from '#shared/kernel/route';
import { event, payment } from './answers';
import { eventCursor, eventId, whoseEvent } from './fields';
import { pageLimit, pageOf } from './page';

/** Events that contradict what we know. */
export const reviewRoutes = defineContract({
  listReviews: {
    method: 'GET',
    path: '/api/payments/reviews',
    summary: 'Events that contradict what we know of their payment, oldest first, with both values',
    auth: 'support',
    liveSession: true,
    rateLimits: [{ per: 'user', limit: 120, windowSeconds: 60 }],
    query: z.strictObject({
      limit: z.optional(pageLimit),
      cursor: z.optional(eventCursor),
    }),
    success: {
      status: 200,
      body: pageOf(
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
