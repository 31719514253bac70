import { clientOf } from '../doubles/stripe-driver';
import { seededRandom } from '../simulation/random';
import { type DisputeShop, disputeShop } from '../support/dispute-shop';
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

describe('payouts of Stripe', () => {
  it.each([1, 2, 3])('are told in any order (%i)', async (seed) => {
    await disputes.buy('stripe');
    const stripe = clientOf(shop.stripe, shop.stripe.secretKey);
    const before = new Set((await disputes.told('stripe')).map(({ eventId }) => eventId));
    const payout = await stripe.payouts.create({ amount: 300, currency: 'usd' });
    for (const status of ['in_transit', 'paid', 'failed'])
      await shop.control('stripe', 'POST', `/stripe/payouts/${payout.id}`, { status });
    const events = (await disputes.told('stripe')).filter(({ eventId }) => !before.has(eventId));
    await disputes.deliver(...seededRandom(seed).shuffle([...events, ...events]));
    const { rows } = await shop.admin.query(
      'select status, amount_minor, currency from private.payouts where object_id = $1 order by status',
      [payout.id],
    );
    expect(rows).toEqual(
      ['failed', 'in_transit', 'paid', 'pending'].map((status) => ({
        status,
        amount_minor: '300',
        currency: 'USD',
      })),
    );
  });
});
