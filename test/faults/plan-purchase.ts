import type { Random } from '../../local/doubles/random';

/** What one customer will do. Follows from the seed alone. */
export interface PurchasePlan {
  readonly provider: 'stripe' | 'paypal';
  readonly order: { readonly price: string; readonly amount?: number };
  /** Requests with one Idempotency-Key sent at the same moment. */
  readonly clicks: number;
  readonly payment:
    | 'pays'
    | 'declined then pays'
    | 'declined'
    | 'canceled'
    | 'walks away'
    | 'bank returns refund'
    | 'slow refund';
  /** Confirmations sent at the same moment; 0 leaves it to webhooks and sweep. */
  readonly confirmations: number;
  /** Confirmations, a webhook and a sweep start together. */
  readonly isRace: boolean;
  /** Parts of the whole in per cent, one after another; 100 asks for all that is left. */
  readonly refunds: readonly number[];
  /** What the payer's bank does afterwards. */
  readonly dispute:
    | 'none'
    | 'stays open'
    | 'won'
    | 'won with its fee'
    | 'lost'
    | 'inquiry closed'
    | 'inquiry escalates'
    | 'taken back';
  /** The same facts again under other event ids. */
  readonly otherEventIds: number;
}

const prices = ['pro', 'team', 'tokyo-guide', 'donation'] as const;

const otherEndings = [
  'declined then pays',
  'declined',
  'canceled',
  'walks away',
  'bank returns refund',
  'slow refund',
] as const;

const disputes = [
  'stays open',
  'won',
  'won with its fee',
  'lost',
  'inquiry closed',
  'inquiry escalates',
  'taken back',
] as const;

export const planPurchase = (random: Random): PurchasePlan => {
  const pick = <T>(choices: readonly [T, ...T[]]): T =>
    choices[Math.floor(random.next() * choices.length)] ?? choices[0];
  const chance = (probability: number): boolean => random.next() < probability;
  const provider = chance(0.5) ? 'stripe' : 'paypal';
  const price = pick(prices);
  const amount = 100 + Math.floor(random.next() * 99_900);
  const payment = chance(0.6) ? 'pays' : pick(otherEndings);
  const hasRefund = payment === 'bank returns refund' || payment === 'slow refund' || chance(0.35);
  return {
    provider,
    order: price === 'donation' ? { price, amount } : { price },
    clicks: chance(0.15) ? 3 : 1,
    payment,
    confirmations: pick([0, 1, 1, 2]),
    isRace: chance(0.2),
    // What is disputed cannot be refunded any more.
    dispute: !hasRefund && chance(0.2) ? pick(disputes) : 'none',
    refunds: hasRefund ? pick([[100], [30], [30, 40], [50, 100], [1, 1, 1]]) : [],
    otherEventIds: chance(0.25) ? 1 + Math.floor(random.next() * 3) : 0,
  };
};
