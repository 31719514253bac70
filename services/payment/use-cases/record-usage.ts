import type { Queryable } from '#shared/database/queryable';
import { AppError } from '#shared/errors/app-error';
import type { Now } from '#shared/kernel/ids';
import { endOf, type UsageStanding } from '../domain/usage';
import { recordUsage as recordUsageRow } from '../sql/record-usage';

export interface RecordUsageDeps {
  readonly database: Queryable;
  readonly now: Now;
}

export interface UsageRequest {
  readonly userId: string;
  readonly meter: string;
  readonly quantity: bigint;
  readonly key: string;
  /** ISO 8601; null: now. */
  readonly usedAt: string | null;
}

export interface CountedUsage {
  readonly standing: UsageStanding;
  /** Whether it was counted now, and not before under the same key. */
  readonly isNew: boolean;
}

/** Our own services record with keys of their own, and a user must not be able to take one of those. */
const keyOfUser = (key: string): string => `user:${key}`;

/**
 * Records what a user reports of themselves, once for a key. Throws `meter_not_found` where users do not report, `quota_exceeded`
 * beyond the plan's limit, `idempotency_key_reused`, and `request_invalid` for a time out of bounds.
 */
export const recordUsage = async (
  { database, now }: RecordUsageDeps,
  request: UsageRequest,
): Promise<CountedUsage> => {
  const nowMs = now();
  const recorded = await recordUsageRow(database, {
    ...request,
    key: keyOfUser(request.key),
    now: new Date(nowMs),
  });
  switch (recorded?.outcome) {
    case 'admitted':
    case 'duplicate':
      return { standing: recorded, isNew: recorded.outcome === 'admitted' };
    case 'refused':
      throw quotaExceeded(recorded, request.quantity, nowMs);
    case 'conflict':
      throw new AppError('idempotency_key_reused');
    case 'untimely':
      throw new AppError('request_invalid', {
        errors: [{ pointer: '/body/at', message: 'must be within the last 7 days and not in the future' }],
      });
    case 'absent':
      throw new AppError('session_ended');
    case undefined:
      throw new AppError('meter_not_found');
  }
};

/** Says when to try again, unless that would not help: more than the plan includes in any period. */
const quotaExceeded = (recorded: UsageStanding, quantity: bigint, nowMs: number): AppError => {
  const { used, hardLimit, periodEnd } = recorded;
  const waitMs = endOf(recorded) - nowMs;
  const mayFitLater = hardLimit !== null && quantity <= hardLimit && waitMs > 0;
  return new AppError('quota_exceeded', {
    detail: `${used} of ${hardLimit ?? 'no end'} used; the period ends at ${periodEnd}T00:00:00Z`,
    ...(mayFitLater && { headers: { 'retry-after': `${(BigInt(waitMs) + 999n) / 1_000n}` } }),
  });
};
