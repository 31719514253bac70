import type { HandlerOf } from '#shared/http/request';
import type { PaymentContract } from '../contract';
import { summarise } from '../domain/payment-summary';
import { getHistory, type HistoryDeps, listHistory } from '../use-cases/list-history';
import { renderPayment } from './render-payment';

const DEFAULT_LIMIT = 20;

export const handleListHistory =
  (deps: HistoryDeps): HandlerOf<PaymentContract['listHistory']> =>
  async ({ query, identity }) => {
    const { payments, nextCursor } = await listHistory(deps, {
      userId: identity.userId,
      limit: query.limit === undefined ? DEFAULT_LIMIT : Number(query.limit),
      cursor: query.cursor ?? null,
      status: query.status ?? null,
      provider: query.provider ?? null,
    });
    return {
      body: {
        success: true,
        data: payments.map(renderPayment),
        has_more: nextCursor !== null,
        next_cursor: nextCursor,
      },
    };
  };

export const handleGetHistory =
  (deps: HistoryDeps): HandlerOf<PaymentContract['getHistory']> =>
  async ({ params, identity }) => {
    const payment = await getHistory(deps, { userId: identity.userId, id: params.id });
    return {
      body: {
        success: true,
        payment: renderPayment(summarise(payment, payment)),
        facts: payment.facts.map((f) => ({
          kind: f.kind,
          id: f.objectId,
          status: f.status,
          amount: Number(f.amountMinor),
        })),
      },
    };
  };
