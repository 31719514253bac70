import type { HandlerOf } from '#shared/http/request';
import type { PaymentContract } from '../contract';
import { type FindEventDeps, findEvent } from '../use-cases/find-event';
import { listEvents } from '../use-cases/list-events';
import { renderEvent } from './render-event';

const DEFAULT_LIMIT = 20;

export const handleListEvents =
  (deps: FindEventDeps): HandlerOf<PaymentContract['listEvents']> =>
  async ({ query }) => {
    const { items, nextCursor } = await listEvents(deps, {
      limit: query.limit === undefined ? DEFAULT_LIMIT : Number(query.limit),
      cursor: query.cursor ?? null,
      outcome: query.outcome ?? null,
      provider: query.provider ?? null,
      paymentId: query.payment ?? null,
      from: query.from ?? null,
      to: query.to ?? null,
    });
    return {
      body: {
        success: true,
        data: items.map(renderEvent),
        has_more: nextCursor !== null,
        next_cursor: nextCursor,
      },
    };
  };

export const handleGetEvent =
  ({ database }: FindEventDeps): HandlerOf<PaymentContract['getEvent']> =>
  async ({ params, query }) => {
    const report = await findEvent(database, { eventId: params.id, provider: query.provider ?? null });
    const { transmissionId, sha256, body, observation } = report;
    const event = { ...renderEvent(report), transmission_id: transmissionId, sha256, body, observation };
    return { body: { success: true, event } };
  };
