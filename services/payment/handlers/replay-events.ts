import { actorOf } from '#shared/http/actor-of';
import type { HandlerOf } from '#shared/http/request';
import type { PaymentContract } from '../contract';
import { type ReplayEventDeps, replayEvent } from '../use-cases/replay-event';
import { type ReplayRangeDeps, replayRange } from '../use-cases/replay-range';
import { renderEvent } from './render-event';
import { renderPayment } from './render-payment';

export const handleReplayEvent =
  (deps: ReplayEventDeps): HandlerOf<PaymentContract['replayEvent']> =>
  async ({ params, query, identity, requestId }) => {
    const ref = { eventId: params.id, provider: query.provider ?? null };
    const { event, payment } = await replayEvent(deps, actorOf(identity, requestId), ref);
    return {
      body: {
        success: true,
        event: renderEvent(event),
        payment: payment === null ? null : renderPayment(payment),
      },
    };
  };

export const handleReplayEvents =
  (deps: ReplayRangeDeps): HandlerOf<PaymentContract['replayEvents']> =>
  async ({ body, identity, requestId }) => {
    const { sent, nextCursor } = await replayRange(deps, actorOf(identity, requestId), {
      from: body.from,
      to: body.to,
      outcome: body.outcome ?? null,
      provider: body.provider ?? null,
      cursor: body.cursor ?? null,
    });
    return { body: { success: true, sent, has_more: nextCursor !== null, next_cursor: nextCursor } };
  };
