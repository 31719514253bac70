import type StripeSdk from 'stripe';
import { AppError, isAppError } from '#shared/errors/app-error';
import { toProviderMinor } from '../domain/provider-scale';
import type { Sighting } from '../domain/sighting';
import type {
  CreateRequest,
  PaymentProvider,
  ProviderObservation,
  RefundRequest,
  RefundSearch,
} from '../ports';
import type { CallStripe } from './call-stripe';
import { DoneBeforeError } from './error-verdict';
import { observeSightings } from './read-sightings';
import {
  chargeWithMoreRefunds,
  findStripeIntent,
  isDisputed,
  listStripeDisputes,
  listStripeRefunds,
} from './stripe-lookups';
import { stripeRefund } from './stripe-objects';

/** What an intent must carry to show its charge's fee and refunds in one answer. */
const EXPAND = ['latest_charge.balance_transaction', 'latest_charge.refunds'];

export interface StripeOptions {
  readonly now: () => number;
}

/** Stripe behind the payment port, over a connection that others use too. */
export const stripePayments = (options: StripeOptions, call: CallStripe): PaymentProvider => {
  const seen = (as: string, object: unknown, how: 'made' | 'asked'): Sighting => ({
    as,
    seenAt: new Date(options.now()).toISOString(),
    how,
    object,
  });

  const observe = (intent: unknown, how: 'made' | 'asked'): ProviderObservation =>
    observeSightings(seen('stripe.payment_intent', intent, how));

  /** With the disputes of its charge, where it has any, and with all of its refunds. */
  const retrieve = async (providerRef: string): Promise<ProviderObservation> => {
    const intent = await call((stripe) => stripe.paymentIntents.retrieve(providerRef, { expand: EXPAND }));
    const charge = chargeWithMoreRefunds(intent);
    const refunds = charge === null ? [] : await call((stripe) => listStripeRefunds(stripe, charge));
    const disputes = isDisputed(intent) ? await call((stripe) => listStripeDisputes(stripe, intent.id)) : [];
    return observeSightings(
      seen('stripe.payment_intent', intent, 'asked'),
      ...refunds.map((refund) => seen('stripe.refund', refund, 'asked')),
      ...disputes.map((dispute) => seen('stripe.dispute', dispute, 'asked')),
    );
  };

  const findRefund = async ({ key, captureId, providerRef }: RefundRequest): Promise<RefundSearch> => {
    const refunds = await call((stripe) => listStripeRefunds(stripe, captureId));
    const observed =
      refunds.length === 0
        ? await retrieve(providerRef)
        : observeSightings(...refunds.map((refund) => seen('stripe.refund', refund, 'asked')));
    return { ...observed, refundId: refunds.find(({ metadata }) => metadata?.call_key === key)?.id ?? null };
  };

  return {
    create: async (request) => {
      const intent = await call((stripe) =>
        stripe.paymentIntents.create(intentParams(request), { idempotencyKey: request.key }),
      );
      return { ...observe(intent, 'made'), clientSecret: intent.client_secret, approveUrl: null };
    },
    findCreated: async (paymentId, since) => {
      const intent = await call((stripe) => findStripeIntent(stripe, paymentId, since));
      return intent === null
        ? null
        : { ...observe(intent, 'asked'), clientSecret: intent.client_secret, approveUrl: null };
    },
    retrieve,
    capture: ({ providerRef }) => retrieve(providerRef),
    refund: async (request) => {
      const { key, captureId, amountMinor, currency } = request;
      const amount = Number(expressible(amountMinor, currency));
      const params = { charge: captureId, amount, metadata: { call_key: key } };
      try {
        const refund = await call((stripe) => stripe.refunds.create(params, { idempotencyKey: key }));
        const observed = observeSightings(seen('stripe.refund', refund, 'made'));
        return { ...observed, refundId: stripeRefund.parse(refund).id };
      } catch (error) {
        if (!(error instanceof DoneBeforeError)) return refuseRefund(error);
        const { refundId, ...seen } = await findRefund(request);
        if (refundId === null) throw new AppError('payment_not_refundable', { cause: error });
        return { ...seen, refundId };
      }
    },
    findRefund,
    cancel: async ({ key, providerRef, reason }) => {
      try {
        const params = { cancellation_reason: reason, expand: EXPAND };
        const intent = await call((stripe) =>
          stripe.paymentIntents.cancel(providerRef, params, { idempotencyKey: key }),
        );
        return observe(intent, 'asked');
      } catch (error) {
        if (!(error instanceof DoneBeforeError)) throw error;
        const found = await retrieve(providerRef);
        // A bank has the debit already: neither canceled nor paid for some days.
        if (found.observation.open !== null) throw new AppError('payment_not_cancelable', { cause: error });
        return found;
      }
    },
  };
};

const intentParams = (request: CreateRequest): StripeSdk.PaymentIntentCreateParams => ({
  amount: Number(expressible(request.amountMinor, request.currency)),
  currency: request.currency.toLowerCase(),
  description: request.description,
  automatic_payment_methods: { enabled: true },
  metadata: { payment_id: request.paymentId, user_id: request.userId, call_key: request.key },
});

const expressible = (amountMinor: bigint, currency: string): bigint => {
  const amount = toProviderMinor('stripe', { amountMinor, currency });
  if (amount === null) throw new AppError('currency_not_supported');
  return amount;
};

/** A refund that Stripe refuses for good cannot be made, whatever the reason (too much, disputed, too old). */
const refuseRefund = (error: unknown): never => {
  if (isAppError(error, 'provider_rejected'))
    throw new AppError('payment_not_refundable', { cause: error.cause });
  throw error;
};
