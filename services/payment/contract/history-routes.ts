import * as z from 'zod/mini';
import { defineContract } from '#shared/kernel/route';
import { fact, payment } from './answers';
import { provider, status, uuid } from './fields';
import { pageCursor, pageLimit, pageOf } from './page';

/** What a user has paid. */
export const historyRoutes = defineContract({
  listHistory: {
    method: 'GET',
    path: '/api/payments/history',
    summary: 'Own payments, newest first',
    auth: 'user',
    liveSession: true,
    rateLimits: [{ per: 'user', limit: 120, windowSeconds: 60 }],
    query: z.strictObject({
      limit: z.optional(pageLimit),
      /** `next_cursor` of the page before. */
      cursor: z.optional(pageCursor),
      status: z.optional(status),
      provider: z.optional(provider),
    }),
    success: {
      status: 200,
      body: pageOf(payment),
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
});
