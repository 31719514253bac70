import { randomUUID } from 'node:crypto';
import { parsePayPalEvent } from '#shared/provider-events/parse-paypal-event';
import { parseStripeEvent } from '#shared/provider-events/parse-stripe-event';
import { queueHandler } from '#shared/queue/queue-handler';
import { handleProviderEvents } from '../../services/payment/handlers/apply-provider-events';
import { fetchToken } from '../doubles/paypal-driver';
import { clientOf } from '../doubles/stripe-driver';
import type { DoubleShop, Purchase } from './double-shop';
import { makeKeptLog } from './kept-log';
import { paymentRows } from './payment-rows';
import { providerMessage, sqsEvent, sqsRecord } from './sqs-event';

type ProviderName = Purchase['provider'];

/** An event as the webhook service puts it on the queue: verified, redacted. */
export type Message = ReturnType<typeof providerMessage>;

export const messageOf = (event: object, provider: ProviderName): Message => {
  const bytes = Buffer.from(JSON.stringify(event));
  const {
    eventId: id,
    eventType: type,
    ...parsed
  } = provider === 'stripe'
    ? parseStripeEvent(bytes, { mode: 'test', account: null })
    : parsePayPalEvent(bytes, randomUUID());
  return providerMessage({ id, type }, { provider, ...parsed });
};

export interface DisputedRow {
  readonly status: string;
  readonly captured_minor: string;
  readonly refunded_minor: string;
  readonly reversed_minor: string;
  readonly dispute_status: string | null;
  readonly review_reason: string | null;
}

/** A shop whose buyers dispute what they bought, and what of it is told to us and when. */
export interface DisputeShop {
  /** What the provider has told of anything so far, oldest first; at most the last hundred events. */
  readonly told: (provider: ProviderName) => Promise<Message[]>;
  /** Hands messages to the queue function as deployed, one batch each. */
  readonly deliver: (...messages: readonly Message[]) => Promise<void>;
  readonly confirm: (purchase: Purchase) => Promise<{ readonly status: number }>;
  /** A settled purchase, its fee known. */
  readonly buy: (provider: ProviderName) => Promise<Purchase>;
  /** Opens a dispute about a purchase by the double's control API; its id. */
  readonly dispute: (purchase: Purchase, terms?: object) => Promise<string>;
  /** A step of a dispute by the double's control API, two seconds later. */
  readonly act: (provider: ProviderName, id: string, path: string, body?: object) => Promise<void>;
  readonly rowOf: (purchase: Purchase) => Promise<DisputedRow | undefined>;
  /** What was booked on the provider's balance: `withdrawal -1999`, sorted. */
  readonly bookedOf: (purchase: Purchase) => Promise<string[]>;
}

export const disputeShop = (shop: DoubleShop): DisputeShop => {
  const stripe = clientOf(shop.stripe, shop.stripe.secretKey);

  const told: Record<ProviderName, () => Promise<Message[]>> = {
    stripe: async () => {
      const { data } = await stripe.events.list({ limit: 100 });
      return data.map((one) => messageOf(one, 'stripe')).reverse();
    },
    paypal: async () => {
      const answer = await fetch(`${shop.paypal.url}/v1/notifications/webhooks-events?page_size=100`, {
        headers: { authorization: `Bearer ${await fetchToken(shop.paypal)}` },
      });
      const { events } = (await answer.json()) as { events: object[] };
      return events.map((one) => messageOf(one, 'paypal')).reverse();
    },
  };

  const confirm = ({ provider, ref }: Purchase) =>
    shop.send({
      path: `/api/payments/confirm-${provider}`,
      body: provider === 'stripe' ? { payment_intent_id: ref } : { order_id: ref },
      headers: shop.buyer.headers,
    });

  const disputedThing = async ({ provider, ref, id }: Purchase): Promise<object> => {
    if (provider === 'stripe') {
      const { latest_charge: charge } = await stripe.paymentIntents.retrieve(ref);
      return { charge };
    }
    const { facts } = await paymentRows(shop.admin, id);
    return { captureId: facts.find(({ kind }) => kind === 'capture')?.object_id };
  };

  return {
    told: (provider) => told[provider](),
    deliver: async (...messages) => {
      const { read, database } = shop.sweepDeps;
      const service = async () => ({ database, sleep: async () => undefined, mode: 'test' as const, read });
      const handle = queueHandler({ work: handleProviderEvents(service), log: makeKeptLog().log });
      for (const one of messages)
        expect((await handle(sqsEvent([sqsRecord(one)]))).batchItemFailures).toEqual([]);
    },
    confirm,
    buy: async (provider) => {
      const purchase = await shop.agree(provider);
      // Stripe books a charge a second after it was made.
      shop.clock.advance(2_000);
      expect((await confirm(purchase)).status).toBe(200);
      return purchase;
    },
    dispute: async (purchase, terms = {}) => {
      const about = await disputedThing(purchase);
      const path = `/${purchase.provider}/disputes`;
      const opened = await shop.control(purchase.provider, 'POST', path, { ...about, ...terms });
      const { id, dispute_id: disputeId } = opened as { id?: string; dispute_id?: string };
      return id ?? disputeId ?? '';
    },
    act: async (provider, id, path, body = {}) => {
      shop.clock.advance(2_000);
      await shop.control(provider, 'POST', `/${provider}/disputes/${id}${path}`, body);
    },
    rowOf: async ({ id }) => {
      const { rows } = await shop.admin.query<DisputedRow & Record<string, string | null>>(
        `select status, captured_minor, refunded_minor, reversed_minor, dispute_status, review_reason
         from public.payments where id = $1`,
        [id],
      );
      return rows[0];
    },
    bookedOf: async ({ id }) => {
      const { ledger } = await paymentRows(shop.admin, id);
      return ledger
        .filter(({ account }) => account.endsWith('_balance'))
        .map(({ kind, amount_minor }) => `${kind} ${amount_minor}`)
        .sort();
    },
  };
};
