/** What quotas are reckoned by: whole days in UTC. */
export type UsagePeriod = 'day' | 'month' | 'billing_period';

/** How a user stands with a meter in a period; numbers in the meter's unit. */
export interface UsageStanding {
  readonly meter: string;
  readonly period: UsagePeriod;
  /** `YYYY-MM-DD` in UTC: the first day, and the first after the last. */
  readonly periodStart: string;
  readonly periodEnd: string;
  readonly used: bigint;
  /** From here on usage is flagged; null for none. */
  readonly softLimit: bigint | null;
  /** Beyond this nothing is recorded; null for no end. */
  readonly hardLimit: bigint | null;
}

/** A user's plan with every meter that it includes. */
export interface CurrentUsage {
  readonly plan: string;
  readonly meters: readonly (UsageStanding & { readonly unit: string })[];
}

export interface UsageDay {
  readonly meter: string;
  /** `YYYY-MM-DD` in UTC. */
  readonly day: string;
  readonly quantity: bigint;
  readonly events: bigint;
}

/** What private.record_usage says came of it. */
export type UsageOutcome = 'admitted' | 'duplicate' | 'refused' | 'conflict' | 'untimely' | 'absent';

/** How much more may be used in the period; null for no end. After a change to a smaller plan there may be less than nothing left: 0. */
export const remainingOf = ({ used, hardLimit }: UsageStanding): bigint | null => {
  if (hardLimit === null) return null;
  return hardLimit > used ? hardLimit - used : 0n;
};

/** The moment at which a period ends, in milliseconds since 1970. */
export const endOf = ({ periodEnd }: Pick<UsageStanding, 'periodEnd'>): number => Date.parse(periodEnd);
