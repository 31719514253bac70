import { actorOf } from '#shared/http/actor-of';
import type { HandlerOf } from '#shared/http/request';
import type { PaymentContract } from '../contract';
import { type DismissReviewDeps, dismissReview } from '../use-cases/dismiss-review';
import { type ListReviewsDeps, listReviews } from '../use-cases/list-reviews';
import { renderEvent } from './render-event';
import { renderPayment } from './render-payment';

const DEFAULT_LIMIT = 20;

export const handleListReviews =
  (deps: ListReviewsDeps): HandlerOf<PaymentContract['listReviews']> =>
  async ({ query }) => {
    const limit = query.limit === undefined ? DEFAULT_LIMIT : Number(query.limit);
    const { items, nextCursor } = await listReviews(deps, { limit, cursor: query.cursor ?? null });
    return {
      body: {
        success: true,
        data: items.map(({ event, payment, mismatches }) => ({
          event: renderEvent(event),
          payment: payment === null ? null : renderPayment(payment),
          mismatches: [...mismatches],
        })),
        has_more: nextCursor !== null,
        next_cursor: nextCursor,
      },
    };
  };

export const handleResolveReview =
  (deps: DismissReviewDeps): HandlerOf<PaymentContract['resolveReview']> =>
  async ({ params, query, identity, requestId }) => {
    const ref = { eventId: params.id, provider: query.provider ?? null };
    const { event, payment } = await dismissReview(deps, actorOf(identity, requestId), ref);
    return {
      body: {
        success: true,
        event: renderEvent(event),
        payment: payment === null ? null : renderPayment(payment),
      },
    };
  };
