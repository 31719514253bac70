import type { HandlerOf } from '#shared/http/request';
import type { PaymentContract } from '../contract';
import { type ConfirmDeps, confirmPayment } from '../use-cases/confirm-payment';
import { renderPayment } from './render-payment';

export const handleConfirmStripe =
  (deps: ConfirmDeps): HandlerOf<PaymentContract['confirmStripe']> =>
  async ({ body, identity }) => {
    const request = {
      userId: identity.userId,
      provider: 'stripe',
      providerRef: body.payment_intent_id,
    } as const;
    return { body: { success: true, payment: renderPayment(await confirmPayment(deps, request)) } };
  };

export const handleConfirmPaypal =
  (deps: ConfirmDeps): HandlerOf<PaymentContract['confirmPaypal']> =>
  async ({ body, identity }) => {
    const request = { userId: identity.userId, provider: 'paypal', providerRef: body.order_id } as const;
    return { body: { success: true, payment: renderPayment(await confirmPayment(deps, request)) } };
  };
