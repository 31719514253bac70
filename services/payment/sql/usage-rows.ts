import type { UsagePeriod, UsageStanding } from '../domain/usage';

/** A meter's standing as the functions of usage return it; days as YYYY-MM-DD. */
export interface UsageRow {
  readonly period: UsagePeriod;
  readonly period_start: string;
  readonly period_end: string;
  readonly used: string;
  readonly soft_limit: string | null;
  readonly hard_limit: string | null;
}

export const toUsageStanding = (meter: string, row: UsageRow): UsageStanding => ({
  meter,
  period: row.period,
  periodStart: row.period_start,
  periodEnd: row.period_end,
  used: BigInt(row.used),
  softLimit: row.soft_limit === null ? null : BigInt(row.soft_limit),
  hardLimit: row.hard_limit === null ? null : BigInt(row.hard_limit),
});
