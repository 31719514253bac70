import * as z from 'zod/mini';
import { AppError } from '#shared/errors/app-error';
import { parseStripeEvent } from '#shared/provider-events/parse-stripe-event';
import type { ListProviderEvents } from '../ports';
import type { CallStripe } from './call-stripe';
import { readListedEvents } from './read-listed-events';

/**
 * The types we keep facts of, as many as one question may name (20). Every event carries its object as it was, so that of
 * several types which tell the same one is enough: `refund.created` for `charge.refunded`.
 */
const TYPES = [
  'payment_intent.requires_action',
  'payment_intent.processing',
  'payment_intent.amount_capturable_updated',
  'payment_intent.succeeded',
  'payment_intent.payment_failed',
  'payment_intent.canceled',
  'charge.succeeded',
  'charge.captured',
  'charge.failed',
  'charge.expired',
  'refund.created',
  'refund.updated',
  'refund.failed',
  'charge.dispute.created',
  'charge.dispute.updated',
  'charge.dispute.closed',
  'charge.dispute.funds_withdrawn',
  'charge.dispute.funds_reinstated',
  'payout.paid',
  'payout.failed',
];

/** The most that Stripe gives at a time. */
const PAGE = 100;

const page = z.object({ data: z.array(z.unknown()), has_more: z.boolean() });
const named = z.object({ id: z.string().check(z.minLength(1), z.maxLength(255)) });

/**
 * Stripe's events of the last 30 days (docs.stripe.com/api/events/list), newest first. `created` has a grain of one second, so
 * both ends take their whole second in. The mark of a page is the id of its last event.
 */
export const listStripeEvents =
  (call: CallStripe, mode: 'live' | 'test'): ListProviderEvents =>
  async ({ from, until, mark }) => {
    const answer = page.safeParse(
      await call((stripe) =>
        stripe.events.list({
          created: { gte: Math.floor(from / 1000), lte: Math.floor(until / 1000) },
          types: TYPES,
          limit: PAGE,
          ...(mark === null ? {} : { starting_after: mark }),
        }),
      ),
    );
    const last = named.safeParse(answer.data?.data.at(-1));
    if (!answer.success || (answer.data.has_more && !last.success))
      throw new AppError('provider_unavailable', { cause: answer.error ?? last.error });
    return {
      ...readListedEvents(answer.data.data, (body) => parseStripeEvent(body, { mode, account: null })),
      next: answer.data.has_more && last.success ? last.data.id : null,
    };
  };
