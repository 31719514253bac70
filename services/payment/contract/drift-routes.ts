import * as z from 'zod/mini';
import { defineContract } from '#shared/kernel/route';
import { drift } from './answers';
import { currency, provider, uuid } from './fields';
import { pageCursor, pageLimit, pageOf } from './page';

/** Where our books and the providers differ. */
export const driftRoutes = defineContract({
  listDrift: {
    method: 'GET',
    path: '/api/payments/drift',
    summary: 'Where our books and the providers differ, newest first',
    auth: 'support',
    liveSession: true,
    rateLimits: [{ per: 'user', limit: 120, windowSeconds: 60 }],
    query: z.strictObject({
      limit: z.optional(pageLimit),
      /** `next_cursor` of the page before. */
      cursor: z.optional(pageCursor),
      provider: z.optional(provider),
      /** Default: open and resolved ones. */
      open: z.optional(z.enum(['true', 'false'])),
    }),
    success: {
      status: 200,
      body: pageOf(drift),
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
});
