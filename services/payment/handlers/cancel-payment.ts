import type { HandlerOf } from '#shared/http/request';
import type { PaymentContract } from '../contract';
import { readIdempotencyKey } from '../domain/idempotency';
import { type CancelDeps, cancelPayment } from '../use-cases/cancel-payment';
import { hashRequest } from './hash-request';
import { renderPayment } from './render-payment';

export const handleCancelPayment =
  (deps: CancelDeps): HandlerOf<PaymentContract['cancelPayment']> =>
  async ({ params, headers, identity }) => ({
    body: await cancelPayment(
      deps,
      {
        userId: identity.userId,
        key: readIdempotencyKey(headers['idempotency-key']),
        requestHash: hashRequest(params),
        paymentId: params.id,
      },
      (payment) => ({ success: true as const, payment: renderPayment(payment) }),
    ),
  });
