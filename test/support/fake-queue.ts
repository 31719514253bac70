import { AppError } from '#shared/errors/app-error';
import type { ProviderEventMessage } from '#shared/messages/provider-event';
import type { DeadLetters, SendEvents } from '../../services/payment/ports';
import type { PayPalPayments } from '../../services/payment/providers/paypal-payments';
import { readStoredReport } from '../../services/payment/providers/read-stored-report';
import { readWith } from './payment-workers';

/** The queue of events behind the ports of an operator's routes. */
export interface FakeQueue {
  readonly sendEvents: SendEvents;
  readonly deadLetters: DeadLetters;
  /** What was sent again. */
  readonly sent: ProviderEventMessage[];
  /** What lies in the dead letters. */
  readonly dead: { messageId: string; sentAt: number; body: string }[];
  /** Set to have every call fail, as with SQS away. */
  isAway: boolean;
}

export const makeFakeQueue = (): FakeQueue => {
  const state = { sent: [] as ProviderEventMessage[], dead: [] as FakeQueue['dead'], isAway: false };
  const reach = (): void => {
    if (queue.isAway) throw new AppError('queue_unavailable');
  };
  const queue: FakeQueue = Object.assign(state, {
    sendEvents: async (messages: readonly ProviderEventMessage[]) => {
      reach();
      state.sent.push(...messages);
    },
    deadLetters: {
      count: async () => {
        reach();
        return state.dead.length;
      },
      peek: async (limit: number) => {
        reach();
        return { count: state.dead.length, messages: state.dead.slice(0, limit) };
      },
      redrive: async () => {
        reach();
        state.dead.splice(0);
        return 'task-1';
      },
    },
  });
  return queue;
};

/** What the operator's routes take besides a database: readers, with PayPal behind the port, and the queue. */
export const operatorParts = (paypal: PayPalPayments, queue: FakeQueue) => ({
  read: readWith(paypal),
  readStored: readStoredReport,
  sendEvents: queue.sendEvents,
  deadLetters: queue.deadLetters,
});
