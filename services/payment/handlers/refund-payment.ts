import { actorOf } from '#shared/http/actor-of';
import type { HandlerOf } from '#shared/http/request';
import type { PaymentContract } from '../contract';
import { readIdempotencyKey } from '../domain/idempotency';
import { type RefundDeps, type Refunded, refundPayment } from '../use-cases/refund-payment';
import { hashRequest } from './hash-request';
import { renderPayment } from './render-payment';

export const handleRefundPayment =
  (deps: RefundDeps): HandlerOf<PaymentContract['refundPayment']> =>
  async ({ params, body, headers, identity, requestId }) => ({
    body: await refundPayment(
      deps,
      {
        userId: identity.userId,
        actor: actorOf(identity, requestId),
        key: readIdempotencyKey(headers['idempotency-key']),
        requestHash: hashRequest({ ...params, ...body }),
        paymentId: params.id,
        amountMinor: body.amount === undefined ? null : BigInt(body.amount),
      },
      render,
    ),
  });

const render = ({ payment, refundId, amountMinor }: Refunded) => ({
  success: true as const,
  payment: renderPayment(payment),
  refund: { id: refundId, amount: Number(amountMinor) },
});
