import { AppError } from '#shared/errors/app-error';
import type { ProviderEventMessage } from '#shared/messages/provider-event';
import type { DeadLetterQueues, DeadLetters, SendEvents } from '../../services/payment/ports';
import type { PayPalPayments } from '../../services/payment/providers/paypal-payments';
import { readStoredReport } from '../../services/payment/providers/read-stored-report';
import { readWith } from './payment-workers';

interface DeadMessage {
  readonly messageId: string;
  readonly sentAt: number;
  readonly body: string;
}

/** The queues behind the ports of an operator's routes. */
export interface FakeQueue {
  readonly sendEvents: SendEvents;
  readonly deadLetters: DeadLetterQueues;
  /** What was sent again. */
  readonly sent: ProviderEventMessage[];
  /** What lies in the dead letters: of events, and of changes in the database. */
  readonly dead: DeadMessage[];
  readonly deadChanges: DeadMessage[];
  /** Set to have every call fail, as with SQS away. */
  isAway: boolean;
}

export const makeFakeQueue = (): FakeQueue => {
  const state = {
    sent: [] as ProviderEventMessage[],
    dead: [] as DeadMessage[],
    deadChanges: [] as DeadMessage[],
    isAway: false,
  };
  const reach = (): void => {
    if (queue.isAway) throw new AppError('queue_unavailable');
  };
  const lettersOf = (dead: DeadMessage[]): DeadLetters => ({
    count: async () => {
      reach();
      return dead.length;
    },
    peek: async (limit) => {
      reach();
      return { count: dead.length, messages: dead.slice(0, limit) };
    },
    redrive: async () => {
      reach();
      dead.splice(0);
      return 'task-1';
    },
  });
  const queue: FakeQueue = Object.assign(state, {
    sendEvents: async (messages: readonly ProviderEventMessage[]) => {
      reach();
      state.sent.push(...messages);
    },
    deadLetters: {
      'provider-events': lettersOf(state.dead),
      'database-changes': lettersOf(state.deadChanges),
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
