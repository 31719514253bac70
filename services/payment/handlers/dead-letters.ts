import { actorOf } from '#shared/http/actor-of';
import type { HandlerOf } from '#shared/http/request';
import type { PaymentContract } from '../contract';
import type { RecordedChange } from '../domain/recorded-change';
import {
  type RedriveDeps,
  redriveDeadLetters,
  type ShowDeadLettersDeps,
  showDeadLetters,
} from '../use-cases/show-dead-letters';

const DEFAULT_QUEUE = 'provider-events';

export const handleShowDeadLetters =
  (deps: ShowDeadLettersDeps): HandlerOf<PaymentContract['showDeadLetters']> =>
  async ({ query }) => {
    const { count, oldestAgeSeconds, letters } = await showDeadLetters(deps, query.queue ?? DEFAULT_QUEUE);
    return {
      body: {
        success: true,
        count,
        oldest_age_seconds: oldestAgeSeconds,
        data: letters.map(({ messageId, event, change, sentAt }) => ({
          message_id: messageId,
          event,
          change: change && renderChange(change),
          sent_at: sentAt.toISOString(),
        })),
      },
    };
  };

export const handleRedriveDeadLetters =
  (deps: RedriveDeps): HandlerOf<PaymentContract['redriveDeadLetters']> =>
  async ({ identity, requestId, body }) => {
    const actor = actorOf(identity, requestId);
    const { taskHandle, count } = await redriveDeadLetters(deps, actor, body.queue ?? DEFAULT_QUEUE);
    return { body: { success: true, task: taskHandle, count } };
  };

const renderChange = ({ changedAt, ...change }: RecordedChange) => ({
  ...change,
  changed_at: changedAt.toISOString(),
});
