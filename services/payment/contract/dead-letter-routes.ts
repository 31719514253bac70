import * as z from 'zod/mini';
import { defineContract } from '#shared/kernel/route';

/** Messages of events that were tried in vain. */
export const deadLetterRoutes = defineContract({
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
});
