import type { Database } from '#shared/database/pool';
import { AppError } from '#shared/errors/app-error';
import type { ProviderEventMessage } from '#shared/messages/provider-event';
import { insertPayment } from './payment-rows';
import type { Answer, PaymentTest } from './payment-service';
import { makeReconciler } from './payment-workers';
import { type SignedInUser, signIn } from './sign-in';
import { providerMessage, sqsEvent, sqsRecord } from './sqs-event';
import { stripeStory } from './stripe-objects';

/** Somebody at the operator's routes. */
export interface Operator extends SignedInUser {
  readonly get: (path: string, query?: Record<string, string>) => Promise<Answer>;
  readonly post: (path: string, body?: object, query?: Record<string, string>) => Promise<Answer>;
}

export const newOperator = async (
  test: PaymentTest,
  role: 'user' | 'support' | 'admin' = 'admin',
): Promise<Operator> => {
  const user = await signIn(test.admin, role);
  const { headers } = user;
  return {
    ...user,
    get: (path, query = {}) => test.send({ path: `/api/payments/${path}`, headers, query }),
    post: (path, body = {}, query = {}) => test.send({ path: `/api/payments/${path}`, body, headers, query }),
  };
};

/** Lets events in as the queue does; gives the ids of messages that came back. */
export const deliver = async (
  database: Database,
  ...messages: readonly (ProviderEventMessage | Parameters<typeof providerMessage>[0])[]
): Promise<void> => {
  const { handle } = makeReconciler(database);
  const records = messages.map((one) => sqsRecord('version' in one ? one : providerMessage(one)));
  const { batchItemFailures } = await handle(sqsEvent(records));
  if (batchItemFailures.length > 0) throw new AppError('internal', { cause: batchItemFailures });
};

/** A payment of 1999 USD with its story at Stripe, in which the intent is worth `amount`. */
export const openStory = async (test: PaymentTest, name: string, amount = 1999) => {
  const intent = `pi_${name}`;
  const { id } = await insertPayment(test.admin, { providerRef: intent });
  return { id, story: stripeStory({ intent, charge: `ch_${name}`, paymentId: id, amount }) };
};

export const auditLines = async (test: PaymentTest, action: string) =>
  (
    await test.admin.query<Record<string, unknown>>(
      'select * from private.audit_log where action = $1 order by id',
      [action],
    )
  ).rows;
