import * as z from 'zod/mini';
import { defineContract } from '#shared/kernel/route';
import { currency, provider } from './fields';

const day = z.iso.date();

/** The house's figures; each is defined in docs/usage.md. */
export const analyticsRoutes = defineContract({
  readAnalytics: {
    method: 'GET',
    path: '/api/payments/analytics',
    summary: 'Sign-ups, active users, payments started and paid, revenue and usage by day in UTC',
    auth: 'admin',
    liveSession: true,
    rateLimits: [{ per: 'user', limit: 30, windowSeconds: 60 }],
    query: z.strictObject({
      /** Days in UTC, both included, at most 92 apart; default: the last thirty. */
      from: z.optional(day),
      to: z.optional(day),
    }),
    success: {
      status: 200,
      body: z.object({
        success: z.literal(true),
        from: day,
        to: day,
        sign_ups: z.array(z.object({ day, sign_ups: z.int(), paid: z.int(), paid_within_30_days: z.int() })),
        active_users: z.array(z.object({ day, users: z.int() })),
        /** People of all these days, each counted once; null where the first of them are longer ago than 400 days. */
        active_in_all: z.nullable(z.int()),
        intents: z.array(z.object({ day, provider, intents: z.int(), succeeded: z.int() })),
        /** In ISO 4217 minor units of `currency`. */
        revenue: z.array(
          z.object({
            day,
            currency,
            gross: z.int(),
            refunded: z.int(),
            disputed: z.int(),
            fees: z.int(),
            net: z.int(),
          }),
        ),
        usage: z.array(
          z.object({ day, meter: z.string(), quantity: z.int(), events: z.int(), users: z.int() }),
        ),
      }),
    },
    errors: [],
  },
});
