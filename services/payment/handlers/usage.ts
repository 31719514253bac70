import { AppError } from '#shared/errors/app-error';
import type { HandlerOf } from '#shared/http/request';
import type { PaymentContract } from '../contract';
import { readIdempotencyKey } from '../domain/idempotency';
import { remainingOf, type UsageStanding } from '../domain/usage';
import { type ListUsageDeps, listUsage } from '../use-cases/list-usage';
import { type RecordUsageDeps, recordUsage } from '../use-cases/record-usage';

export const handleRecordUsage =
  (deps: RecordUsageDeps): HandlerOf<PaymentContract['recordUsage']> =>
  async ({ body, headers, identity }) => {
    const { standing, isNew } = await recordUsage(deps, {
      userId: identity.userId,
      meter: body.meter,
      quantity: BigInt(body.quantity ?? 1),
      key: readKey(headers['idempotency-key'], body.key),
      usedAt: body.at ?? null,
    });
    return {
      ...(!isNew && { status: 200 as const }),
      body: { success: true, outcome: isNew ? 'admitted' : 'duplicate', usage: renderStanding(standing) },
    };
  };

/** The key of the header, or of the body where a client cannot set headers; where there are both, they must agree. */
const readKey = (header: string | undefined, inBody: string | undefined): string => {
  const inHeader = readIdempotencyKey(header);
  if (inHeader !== null && inBody !== undefined && inHeader !== inBody) {
    throw new AppError('request_invalid', {
      errors: [{ pointer: '/body/key', message: 'must be that of the Idempotency-Key header' }],
    });
  }
  const key = inHeader ?? inBody;
  if (key === undefined) throw new AppError('idempotency_key_missing');
  return key;
};

export const handleListUsage =
  (deps: ListUsageDeps): HandlerOf<PaymentContract['listUsage']> =>
  async ({ query, identity }) => {
    const { current, range, days } = await listUsage(deps, {
      userId: identity.userId,
      meter: query.meter ?? null,
      from: query.from ?? null,
      to: query.to ?? null,
    });
    return {
      body: {
        success: true,
        plan: current.plan,
        current: current.meters.map((standing) => ({ ...renderStanding(standing), unit: standing.unit })),
        ...range,
        data: days.map((day) => ({ ...day, quantity: Number(day.quantity), events: Number(day.events) })),
      },
    };
  };

const numberOrNull = (value: bigint | null): number | null => (value === null ? null : Number(value));

const renderStanding = (standing: UsageStanding) => ({
  meter: standing.meter,
  period: standing.period,
  period_start: `${standing.periodStart}T00:00:00.000Z`,
  period_end: `${standing.periodEnd}T00:00:00.000Z`,
  used: Number(standing.used),
  soft_limit: numberOrNull(standing.softLimit),
  hard_limit: numberOrNull(standing.hardLimit),
  remaining: numberOrNull(remainingOf(standing)),
  soft_limit_reached: standing.softLimit !== null && standing.used >= standing.softLimit,
});
