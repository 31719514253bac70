import type { Queryable } from '#shared/database/queryable';
import type { Analytics } from '../domain/analytics';
import type { DayRange } from '../domain/day-range';
import type { Provider } from '../domain/provider-scale';

interface Found {
  readonly sign_ups: readonly {
    readonly day: string;
    readonly sign_ups: number;
    readonly paid: number;
    readonly paid_within_30_days: number;
  }[];
  readonly active_users: Analytics['activeUsers'];
  readonly active_in_all: number | null;
  readonly intents: readonly {
    readonly day: string;
    readonly provider: Provider;
    readonly intents: number;
    readonly succeeded: number;
  }[];
  readonly revenue: readonly {
    readonly day: string;
    readonly currency: string;
    readonly gross_minor: string;
    readonly refunded_minor: string;
    readonly disputed_minor: string;
    readonly fees_minor: string;
    readonly net_minor: string;
  }[];
  readonly usage: Analytics['usage'];
}

/** The house's figures for a range of days. */
export const readAnalytics = async (db: Queryable, range: DayRange): Promise<Analytics> => {
  const { rows } = await db.query<{ readonly found: Found }>(
    'select private.analytics($1::date, $2::date) as found',
    [range.from, range.to],
  );
  const [{ found }] = rows as [{ found: Found }];
  return {
    signUps: found.sign_ups.map((one) => ({
      day: one.day,
      signUps: one.sign_ups,
      paid: one.paid,
      paidWithin30Days: one.paid_within_30_days,
    })),
    activeUsers: found.active_users,
    activeInAll: found.active_in_all,
    intents: found.intents,
    revenue: found.revenue.map((one) => ({
      day: one.day,
      currency: one.currency,
      grossMinor: BigInt(one.gross_minor),
      refundedMinor: BigInt(one.refunded_minor),
      disputedMinor: BigInt(one.disputed_minor),
      feesMinor: BigInt(one.fees_minor),
      netMinor: BigInt(one.net_minor),
    })),
    usage: found.usage,
  };
};
