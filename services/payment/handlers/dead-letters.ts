import { actorOf } from '#shared/http/actor-of';
import type { HandlerOf } from '#shared/http/request';
import type { PaymentContract } from '../contract';
import {
  type RedriveDeps,
  redriveDeadLetters,
  type ShowDeadLettersDeps,
  showDeadLetters,
} from '../use-cases/show-dead-letters';

export const handleShowDeadLetters =
  (deps: ShowDeadLettersDeps): HandlerOf<PaymentContract['showDeadLetters']> =>
  async () => {
    const { count, oldestAgeSeconds, letters } = await showDeadLetters(deps);
    return {
      body: {
        success: true,
        count,
        oldest_age_seconds: oldestAgeSeconds,
        data: letters.map(({ messageId, event, sentAt }) => ({
          message_id: messageId,
          event,
          sent_at: sentAt.toISOString(),
        })),
      },
    };
  };

export const handleRedriveDeadLetters =
  (deps: RedriveDeps): HandlerOf<PaymentContract['redriveDeadLetters']> =>
  async ({ identity, requestId }) => {
    const { taskHandle, count } = await redriveDeadLetters(deps, actorOf(identity, requestId));
    return { body: { success: true, task: taskHandle, count } };
  };
