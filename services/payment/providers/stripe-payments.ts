import type StripeSdk from 'stripe';
import { AppError, isAppError } from '#shared/errors/app-error';
import { sightedAt } from '../domain/open-status';
import { toProviderMinor } from '../domain/provider-scale';
import type { CreateRequest, PaymentProvider, ProviderObservation } from '../ports';
import { type CallStripe, callStripe, type StripeConnection } from './call-stripe';
import { observePaymentIntent, observeRefund } from './stripe-facts';
import { stripePaymentIntent, stripeRefund } from './stripe-objects';

export interface StripeOptions extends StripeConnection {
  readonly now: () => number;
}

/** What an intent must carry to show its charge's fee and refunds in one answer. */
const EXPAND = ['latest_charge.balance_transaction', 'latest_charge.refunds'];

/** Stripe behind the payment port. `call`: a connection that others use too; by default one of its own. */
export const stripePayments = (
  options: StripeOptions,
  call: CallStripe = callStripe(options),
): PaymentProvider => {
  const observe = (intent: unknown, how: 'made' | 'asked'): ProviderObservation => {
    const parsed = stripePaymentIntent.safeParse(intent);
    if (!parsed.success) throw new AppError('provider_unavailable', { cause: parsed.error });
    const observation = observePaymentIntent(parsed.data, sightedAt(options.now(), how));
    return { observation, raw: JSON.stringify(parsed.data) };
  };

  const retrieve = async (providerRef: string): Promise<ProviderObservation> =>
    observe(await call((stripe) => stripe.paymentIntents.retrieve(providerRef, { expand: EXPAND })), 'asked');

  return {
    create: async (request) => {
      const intent = await call((stripe) =>
        stripe.paymentIntents.create(intentParams(request), { idempotencyKey: request.key }),
      );
      return { ...observe(intent, 'made'), clientSecret: intent.client_secret, approveUrl: null };
    },
    retrieve,
    capture: ({ providerRef }) => retrieve(providerRef),
    refund: async ({ key, captureId, amountMinor, currency }) => {
      const amount = Number(expressible(amountMinor, currency));
      const refund = await call((stripe) =>
        stripe.refunds.create({ charge: captureId, amount }, { idempotencyKey: key }),
      ).catch(notRefundable);
      const parsed = stripeRefund.safeParse(refund);
      const observation = parsed.success ? observeRefund(parsed.data) : null;
      if (!parsed.success || observation === null)
        throw new AppError('provider_unavailable', { cause: parsed.error });
      return { observation, raw: JSON.stringify(parsed.data), refundId: parsed.data.id };
    },
  };
};

const intentParams = (request: CreateRequest): StripeSdk.PaymentIntentCreateParams => ({
  amount: Number(expressible(request.amountMinor, request.currency)),
  currency: request.currency.toLowerCase(),
  description: request.description,
  automatic_payment_methods: { enabled: true },
  metadata: { payment_id: request.paymentId, user_id: request.userId },
});

const expressible = (amountMinor: bigint, currency: string): bigint => {
  const amount = toProviderMinor('stripe', { amountMinor, currency });
  if (amount === null) throw new AppError('currency_not_supported');
  return amount;
};

/** A refund that Stripe refuses for good cannot be made, whatever the reason (too much, disputed, too old). */
const notRefundable = (error: unknown): never => {
  if (isAppError(error, 'provider_rejected'))
    throw new AppError('payment_not_refundable', { cause: error.cause });
  throw error;
};
