import { seededRandom } from '../simulation/random';
import { type DisputedRow, type DisputeShop, disputeShop } from '../support/dispute-shop';
import { type DoubleShop, openDoubleShop } from '../support/double-shop';
import { expectSoundBooks } from '../support/payment-service';

let shop: DoubleShop;
let disputes: DisputeShop;
beforeAll(async () => {
  shop = await openDoubleShop();
  disputes = disputeShop(shop);
});
afterEach(() => expectSoundBooks(shop.admin));
afterAll(() => shop.close());

interface Life {
  readonly name: string;
  readonly provider: 'stripe' | 'paypal';
  readonly terms: object;
  /** Control calls about the dispute, in order. */
  readonly steps: readonly (readonly [path: string, body?: object])[];
  readonly ends: Partial<DisputedRow>;
  readonly books: readonly string[];
}

const stripeSale = ['capture 1999', 'fee -88'];
const paypalSale = ['capture 1999', 'fee -119'];

const lives: readonly Life[] = [
  {
    name: 'reviewed and won',
    provider: 'stripe',
    terms: {},
    steps: [['/review'], ['/close', { outcome: 'won' }]],
    ends: { status: 'succeeded', reversed_minor: '0', dispute_status: 'won' },
    books: [...stripeSale, 'fee -1500', 'reinstatement 1999', 'withdrawal -1999'],
  },
  {
    name: 'won, its fee returned',
    provider: 'stripe',
    terms: {},
    steps: [['/close', { outcome: 'won', returnsFee: true }]],
    ends: { status: 'succeeded', reversed_minor: '0', dispute_status: 'won' },
    books: [...stripeSale, 'fee -1500', 'fee_return 1500', 'reinstatement 1999', 'withdrawal -1999'],
  },
  {
    name: 'reviewed and lost',
    provider: 'stripe',
    terms: {},
    steps: [['/review'], ['/close', { outcome: 'lost' }]],
    ends: { status: 'reversed', reversed_minor: '1999', dispute_status: 'lost' },
    books: [...stripeSale, 'fee -1500', 'withdrawal -1999'],
  },
  {
    name: 'lost in part',
    provider: 'stripe',
    terms: { amount: 700 },
    steps: [['/close', { outcome: 'lost' }]],
    ends: { status: 'succeeded', reversed_minor: '700', dispute_status: 'lost' },
    books: [...stripeSale, 'fee -1500', 'withdrawal -700'],
  },
  {
    name: 'reviewed, and to be answered again',
    provider: 'stripe',
    terms: {},
    steps: [['/review'], ['/appeal']],
    ends: { status: 'succeeded', reversed_minor: '1999', dispute_status: 'needs_response' },
    books: [...stripeSale, 'fee -1500', 'withdrawal -1999'],
  },
  {
    name: 'lost, appealed and won',
    provider: 'stripe',
    terms: {},
    steps: [['/close', { outcome: 'lost' }], ['/appeal'], ['/review'], ['/close', { outcome: 'won' }]],
    ends: { status: 'succeeded', reversed_minor: '0', dispute_status: 'won' },
    books: [...stripeSale, 'fee -1500', 'reinstatement 1999', 'withdrawal -1999'],
  },
  {
    name: 'lost, and taken back by the payer',
    provider: 'stripe',
    terms: {},
    steps: [
      ['/close', { outcome: 'lost' }],
      ['/close', { outcome: 'won' }],
    ],
    ends: { status: 'succeeded', reversed_minor: '0', dispute_status: 'won' },
    books: [...stripeSale, 'fee -1500', 'reinstatement 1999', 'withdrawal -1999'],
  },
  {
    name: 'an inquiry that closes',
    provider: 'stripe',
    terms: { isInquiry: true },
    steps: [['/review'], ['/close', { outcome: 'warning_closed' }]],
    ends: { status: 'succeeded', reversed_minor: '0', dispute_status: 'warning_closed' },
    books: stripeSale,
  },
  {
    name: 'an inquiry that is prevented',
    provider: 'stripe',
    terms: { isInquiry: true },
    steps: [['/close', { outcome: 'prevented' }]],
    ends: { status: 'succeeded', reversed_minor: '0', dispute_status: 'prevented' },
    books: stripeSale,
  },
  {
    name: 'an inquiry that escalates and is lost',
    provider: 'stripe',
    terms: { isInquiry: true },
    steps: [['/review'], ['/escalate'], ['/review'], ['/close', { outcome: 'lost' }]],
    ends: { status: 'reversed', reversed_minor: '1999', dispute_status: 'lost' },
    books: [...stripeSale, 'fee -1500', 'withdrawal -1999'],
  },
  {
    name: 'an inquiry that the payer withdraws',
    provider: 'paypal',
    terms: {},
    steps: [['/resolve', { outcome: 'CANCELED_BY_BUYER' }]],
    ends: { status: 'succeeded', refunded_minor: '0', reversed_minor: '0', dispute_status: 'warning_closed' },
    books: paypalSale,
  },
  {
    name: 'escalated, reviewed and won',
    provider: 'paypal',
    terms: {},
    steps: [
      ['', { stage: 'CHARGEBACK' }],
      ['', { status: 'UNDER_REVIEW' }],
      ['/resolve', { outcome: 'RESOLVED_SELLER_FAVOUR' }],
    ],
    ends: { status: 'succeeded', refunded_minor: '0', reversed_minor: '0', dispute_status: 'won' },
    books: paypalSale,
  },
  {
    name: 'reviewed, and to be answered again',
    provider: 'paypal',
    terms: { stage: 'CHARGEBACK' },
    steps: [
      ['', { status: 'UNDER_REVIEW' }],
      ['', { status: 'WAITING_FOR_SELLER_RESPONSE' }],
    ],
    ends: { status: 'succeeded', refunded_minor: '0', reversed_minor: '0', dispute_status: 'needs_response' },
    books: paypalSale,
  },
  {
    name: 'lost without a trace, appealed and won',
    provider: 'paypal',
    terms: { stage: 'CHARGEBACK' },
    steps: [
      ['/resolve', { outcome: 'RESOLVED_BUYER_FAVOUR', hidden: true }],
      ['', { stage: 'PRE_ARBITRATION' }],
      ['/resolve', { outcome: 'RESOLVED_SELLER_FAVOUR' }],
    ],
    ends: { status: 'succeeded', refunded_minor: '0', reversed_minor: '0', dispute_status: 'won' },
    books: [...paypalSale, 'reinstatement 1999', 'withdrawal -1999'],
  },
  {
    name: 'reviewed and lost, seen as a refund with a fee',
    provider: 'paypal',
    terms: { stage: 'CHARGEBACK', channel: 'EXTERNAL' },
    steps: [
      ['', { status: 'UNDER_REVIEW' }],
      ['/resolve', { outcome: 'RESOLVED_BUYER_FAVOUR', fee: 2000 }],
    ],
    ends: { status: 'refunded', refunded_minor: '1999', reversed_minor: '0', dispute_status: 'lost' },
    books: [...paypalSale, 'fee -2000', 'refund -1999'],
  },
];

/** Each life is told as it happens, and at its end in some orders, once or thrice. */
const tellings = [
  ['as it happens', 0],
  ...[1, 2].map((seed) => ['shuffled', seed] as const),
  ['thrice, shuffled', 3],
] as const;

describe.each(lives)('a $provider dispute, $name', ({ provider, terms, steps, ends, books }) => {
  it.each(tellings)('told %s (%i)', async (telling, seed) => {
    const known = new Set((await disputes.told(provider)).map(({ eventId }) => eventId));
    const news = async () => (await disputes.told(provider)).filter(({ eventId }) => !known.has(eventId));
    const pass = async () => {
      if (telling !== 'as it happens') return;
      const fresh = await news();
      for (const { eventId } of fresh) known.add(eventId);
      await disputes.deliver(...fresh);
    };
    const purchase = await disputes.buy(provider);
    const id = await disputes.dispute(purchase, terms);
    await pass();
    for (const [path, body] of steps) {
      await disputes.act(provider, id, path, body);
      await pass();
    }
    const rest = await news();
    const copies = telling === 'thrice, shuffled' ? [...rest, ...rest, ...rest] : rest;
    await disputes.deliver(...seededRandom(seed + 100 * lives.length).shuffle(copies));

    const row = await disputes.rowOf(purchase);
    expect(row).toMatchObject({ captured_minor: '1999', review_reason: null, ...ends });
    expect(await disputes.bookedOf(purchase)).toEqual([...books].sort());
  });
});
