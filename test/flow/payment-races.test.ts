import type { Database } from '#shared/database/pool';
import { paymentRows } from '../support/payment-rows';
import { expectSoundBooks, type PaymentTest, startPaymentTest } from '../support/payment-service';
import { makeReconciler, makeSweeper, type Reconciler, type Sweeper } from '../support/payment-workers';
import { newShopper, type ProviderName, type Shopper } from '../support/shopping';
import { providerMessage, sqsEvent, sqsRecord } from '../support/sqs-event';
import { stripeStory } from '../support/stripe-objects';

const RACES = 100;
const LANES = 10;

let test: PaymentTest;
let shopper: Shopper;
let reconciler: Reconciler;
let sweeper: Sweeper;

beforeAll(async () => {
  test = await startPaymentTest();
  shopper = await newShopper(test);
  const worker: Database = test.as('tandem_reconcile', 4);
  reconciler = makeReconciler(worker, test.paypal);
  // As if it were later, so that the payments are due.
  sweeper = makeSweeper(worker, test, () => Date.now() + 180_000);
});
afterAll(() => test.close());

/** What the provider tells by webhook of a payment that was made. */
const eventsOf = (provider: ProviderName, id: string, ref: string) => {
  const intent = test[provider].intents.get(ref);
  if (intent === undefined) throw new Error('was just made');
  if (provider === 'paypal') {
    return [
      { id: `WH-A-${ref}`, event_type: 'CHECKOUT.ORDER.APPROVED', resource: { id: ref } },
      { id: `WH-C-${ref}`, event_type: 'CHECKOUT.ORDER.COMPLETED', resource: { id: ref } },
    ];
  }
  const story = stripeStory({ intent: ref, charge: intent.captureId, paymentId: id });
  return [
    story.event(`evt_s_${ref}`, 'payment_intent.succeeded', story.intent('succeeded')),
    story.event(`evt_c_${ref}`, 'charge.succeeded', story.charge('succeeded')),
  ];
};

const deliver = async (provider: ProviderName, id: string, ref: string) => {
  const records = eventsOf(provider, id, ref).map((event) => sqsRecord(providerMessage(event)));
  const answers = await Promise.all(records.map((record) => reconciler.handle(sqsEvent([record]))));
  return answers.flatMap(({ batchItemFailures }) => batchItemFailures);
};

describe.each(['stripe', 'paypal'] as const)('%s', (provider) => {
  it(`confirm × confirm × webhook × webhook × sweep, ${RACES} times: one capture, one answer`, async () => {
    const purchases: { id: string; ref: string }[] = [];
    const race = async (): Promise<void> => {
      const { id, ref } = await shopper.agreed(provider);
      purchases.push({ id, ref });
      const [first, failures, , second] = await Promise.all([
        shopper.confirm(provider, ref),
        deliver(provider, id, ref),
        sweeper.sweep(),
        shopper.confirm(provider, ref),
      ]);
      expect(failures).toEqual([]);
      expect([first.status, first.body.payment?.status]).toEqual([200, 'succeeded']);
      expect(second.text).toBe(first.text);
      expect((await shopper.history(`/${id}`)).body.payment).toEqual(first.body.payment);
    };
    // Side by side, so that each sweep also meets the payments of the other races.
    const lane = async (): Promise<void> => {
      for (let n = 0; n < RACES / LANES; n += 1) await race();
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    expect(sweeper.failures).toEqual([]);
    for (const { id, ref } of purchases) {
      const { payment, facts, ledger } = await paymentRows(test.admin, id);
      expect([payment?.status, payment?.captured_minor]).toEqual(['succeeded', '1999']);
      expect([facts.length, ledger.length]).toEqual([1, 2]);
      expect(test[provider].intents.get(ref)?.state).toBe('paid');
    }
    await expectSoundBooks(test.admin);
    const { body } = await shopper.history('', { provider, limit: '100' });
    expect(body.data).toHaveLength(RACES);
    // However many asked: one key for each purchase.
    const keys = test.paypal.callsOf('capture').map(({ key }) => key);
    expect(new Set(keys).size).toBe(provider === 'paypal' ? RACES : 0);
  });
});
