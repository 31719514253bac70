import * as z from 'zod/mini';
import type { Reading } from '../domain/observation';
import { minorOfStripe } from './stripe-facts';
import { currency, id } from './stripe-objects';

/** Stripe's payout, as far as we keep it (docs.stripe.com/api/payouts/object). */
export const stripePayout = z.object({
  object: z.literal('payout'),
  id,
  status: z.enum(['pending', 'in_transit', 'paid', 'canceled', 'failed']),
  // Below 0 where Stripe takes what we owe it from our bank.
  amount: z.int(),
  currency,
});

/** A payout as it stands. One that takes money from our bank, because the balance fell below 0, is none that we keep. */
export const readPayout = (payout: z.infer<typeof stripePayout>): Reading =>
  payout.amount <= 0
    ? { kind: 'ignored', reason: 'a payout that brings us nothing' }
    : {
        kind: 'payout',
        payout: {
          provider: 'stripe',
          objectId: payout.id,
          status: payout.status,
          amountMinor: minorOfStripe(payout.amount, payout.currency),
          currency: payout.currency.toUpperCase(),
        },
      };
