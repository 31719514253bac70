import * as z from 'zod/mini';
import { defineContract } from '#shared/kernel/route';

/** Whose dead letters; events that the providers reported where nothing is said. */
const queue = z.optional(z.enum(['provider-events', 'database-changes']));

const change = z.object({
  /** Of its record in private.changes. */
  id: z.uuid(),
  table: z.string(),
  operation: z.string(),
  /** The primary key of the row that changed. */
  key: z.record(z.string(), z.string()),
  attempts: z.int(),
  changed_at: z.iso.datetime(),
  /** Whether it was handled since: its message does nothing any more. */
  handled: z.boolean(),
});

/** Messages that were tried in vain: reports of the providers, and changes in the database (docs/changes.md). */
export const deadLetterRoutes = defineContract({
  showDeadLetters: {
    method: 'GET',
    path: '/api/payments/dead-letters',
    summary: 'Messages that were tried in vain: how many, and up to ten of them without what they say',
    auth: 'support',
    liveSession: true,
    rateLimits: [{ per: 'user', limit: 30, windowSeconds: 60 }],
    query: z.strictObject({ queue }),
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
            /** Null for a change, and for a message that the reconciler does not know the form of. */
            event: z.nullable(z.object({ provider: z.string(), id: z.string(), type: z.string() })),
            /** Null for an event, and for a change whose record is gone. */
            change: z.nullable(change),
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
    summary: 'Put all dead letters of a queue back on it',
    auth: 'admin',
    liveSession: true,
    rateLimits: [{ per: 'user', limit: 10, windowSeconds: 60 }],
    body: z.strictObject({ queue }),
    success: {
      status: 202,
      /** `task`: SQS's handle of the move. `count`: how many were waiting when it began. */
      body: z.object({ success: z.literal(true), task: z.string(), count: z.int() }),
    },
    errors: ['conflict', 'queue_unavailable'],
  },
});
