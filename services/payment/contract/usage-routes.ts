import * as z from 'zod/mini';
import { defineContract } from '#shared/kernel/route';
import { moment } from './fields';

const meter = z.string().check(z.regex(/^[a-z][a-z0-9_]{0,63}$/));

/** How the caller stands with a meter in a period of whole days in UTC; numbers in the meter's unit. */
const standing = z.object({
  meter: z.string(),
  period: z.enum(['day', 'month', 'billing_period']),
  period_start: z.iso.datetime(),
  /** The first moment that is no part of it. */
  period_end: z.iso.datetime(),
  used: z.int(),
  /** From here on usage is flagged; null for none. */
  soft_limit: z.nullable(z.int()),
  /** Beyond this nothing is recorded; null for no end. */
  hard_limit: z.nullable(z.int()),
  remaining: z.nullable(z.int()),
  soft_limit_reached: z.boolean(),
});

/** What a user has used of what the plan includes; docs/usage.md. */
export const usageRoutes = defineContract({
  recordUsage: {
    method: 'POST',
    path: '/api/payments/usage',
    summary:
      'Report own usage of a meter that users report, once for a key; 200 for what was recorded before',
    auth: 'user',
    liveSession: true,
    rateLimits: [{ per: 'user', limit: 300, windowSeconds: 60 }],
    headers: {
      'Idempotency-Key':
        'Any 1 to 255 visible characters, best a UUID; or `key` in the body. Usage is counted once for each.',
    },
    body: z.strictObject({
      meter,
      /** Default: 1. */
      quantity: z.optional(z.int().check(z.positive(), z.lte(1_000_000_000_000))),
      /** When it was used: within the last 7 days. Default: now. */
      at: z.optional(moment),
      key: z.optional(
        z.string().check(z.regex(/^[\x21-\x7e]{1,255}$/, 'must be 1 to 255 visible characters')),
      ),
    }),
    success: {
      status: 201,
      otherStatuses: [200],
      body: z.object({
        success: z.literal(true),
        outcome: z.enum(['admitted', 'duplicate']),
        usage: standing,
      }),
    },
    errors: [
      'meter_not_found',
      'quota_exceeded',
      'idempotency_key_missing',
      'idempotency_key_invalid',
      'idempotency_key_reused',
    ],
  },
  listUsage: {
    method: 'GET',
    path: '/api/payments/usage',
    summary: 'The own plan with what is used of it in the running periods, and usage by day, newest first',
    auth: 'user',
    liveSession: true,
    rateLimits: [{ per: 'user', limit: 120, windowSeconds: 60 }],
    query: z.strictObject({
      meter: z.optional(meter),
      /** Days in UTC, both included, at most 92 apart; default: the last thirty. */
      from: z.optional(z.iso.date()),
      to: z.optional(z.iso.date()),
    }),
    success: {
      status: 200,
      body: z.object({
        success: z.literal(true),
        plan: z.string(),
        /** `unit`: what one of it is. */
        current: z.array(z.object({ ...standing.shape, unit: z.string() })),
        from: z.iso.date(),
        to: z.iso.date(),
        data: z.array(z.object({ meter: z.string(), day: z.iso.date(), quantity: z.int(), events: z.int() })),
      }),
    },
    errors: [],
  },
});
