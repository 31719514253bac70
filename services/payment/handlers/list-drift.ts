import type { HandlerOf } from '#shared/http/request';
import type { PaymentContract } from '../contract';
import type { DailyTotal } from '../domain/drift-report';
import { type ListDriftDeps, listDriftPage, listTotals } from '../use-cases/list-drift';
import { renderDrift } from './render-drift';

const DEFAULT_LIMIT = 50;

export const handleListDrift =
  (deps: ListDriftDeps): HandlerOf<PaymentContract['listDrift']> =>
  async ({ query }) => {
    const { drift, nextCursor } = await listDriftPage(deps, {
      limit: query.limit === undefined ? DEFAULT_LIMIT : Number(query.limit),
      cursor: query.cursor ?? null,
      provider: query.provider ?? null,
      isOpen: query.open === undefined ? null : query.open === 'true',
    });
    return {
      body: {
        success: true,
        data: drift.map((one) => renderDrift(one, deps.now())),
        has_more: nextCursor !== null,
        next_cursor: nextCursor,
      },
    };
  };

export const handleListDriftTotals =
  (deps: ListDriftDeps): HandlerOf<PaymentContract['listDriftTotals']> =>
  async ({ query }) => {
    const totals = await listTotals(deps, { from: query.from ?? null, to: query.to ?? null });
    return { body: { success: true, data: totals.map(renderTotal) } };
  };

const renderTotal = (total: DailyTotal) => ({
  provider: total.provider,
  day: total.day,
  currency: total.currency,
  kind: total.kind,
  ours: Number(total.oursMinor),
  theirs: Number(total.theirsMinor),
  ours_count: total.oursCount,
  theirs_count: total.theirsCount,
  compared_at: total.comparedAt.toISOString(),
});
