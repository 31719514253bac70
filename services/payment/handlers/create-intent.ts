import type { HandlerOf } from '#shared/http/request';
import type { PaymentContract } from '../contract';
import { readIdempotencyKey } from '../domain/idempotency';
import { type CreateIntentDeps, createIntent, type IntentStarted } from '../use-cases/create-intent';
import { hashRequest } from './hash-request';
import { renderPayment } from './render-payment';

export const handleCreateIntent =
  (deps: CreateIntentDeps): HandlerOf<PaymentContract['createIntent']> =>
  async ({ body, headers, identity }) => ({
    body: await createIntent(
      deps,
      {
        userId: identity.userId,
        key: readIdempotencyKey(headers['idempotency-key']),
        requestHash: hashRequest(body),
        provider: body.provider,
        priceId: body.price,
        amountMinor: body.amount === undefined ? null : BigInt(body.amount),
        currency: body.currency ?? null,
      },
      render,
    ),
  });

const render = ({ payment, clientSecret, approveUrl }: IntentStarted) => {
  const ref = payment.providerRef ?? '';
  const next =
    payment.provider === 'stripe'
      ? { client_secret: clientSecret ?? '', payment_intent_id: ref }
      : { approve_url: approveUrl ?? '', order_id: ref };
  return { success: true as const, payment: renderPayment(payment), ...next };
};
