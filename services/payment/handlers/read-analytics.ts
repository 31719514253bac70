import type { HandlerOf } from '#shared/http/request';
import type { PaymentContract } from '../contract';
import { type AnalyticsDeps, readAnalytics } from '../use-cases/read-analytics';

export const handleReadAnalytics =
  (deps: AnalyticsDeps): HandlerOf<PaymentContract['readAnalytics']> =>
  async ({ query }) => {
    const { range, figures } = await readAnalytics(deps, { from: query.from ?? null, to: query.to ?? null });
    return {
      body: {
        success: true,
        ...range,
        sign_ups: figures.signUps.map((one) => ({
          day: one.day,
          sign_ups: one.signUps,
          paid: one.paid,
          paid_within_30_days: one.paidWithin30Days,
        })),
        active_users: [...figures.activeUsers],
        active_in_all: figures.activeInAll,
        intents: [...figures.intents],
        revenue: figures.revenue.map((one) => ({
          day: one.day,
          currency: one.currency,
          gross: Number(one.grossMinor),
          refunded: Number(one.refundedMinor),
          disputed: Number(one.disputedMinor),
          fees: Number(one.feesMinor),
          net: Number(one.netMinor),
        })),
        usage: [...figures.usage],
      },
    };
  };
