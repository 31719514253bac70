import { randomUUID } from 'node:crypto';
import type { Database } from '#shared/database/pool';
import { type PaymentTest, startPaymentTest } from '../support/payment-service';
import { newShopper, type Shopper } from '../support/shopping';

/** How often a request waits for the database, the session check included. */
let statements: string[] = [];
const counting = (database: Database): Database => ({
  ...database,
  query: (text, values) => {
    statements.push(text);
    return database.query(text, values);
  },
});

let test: PaymentTest;
let shopper: Shopper;

beforeAll(async () => {
  test = await startPaymentTest({ wrap: counting });
  shopper = await newShopper(test);
  // The catalogue is read once and remembered.
  await shopper.create('stripe');
});
beforeEach(() => {
  statements = [];
});
afterAll(() => test.close());

describe.each(['stripe', 'paypal'] as const)('with %s', (provider) => {
  it.each([
    ['with an Idempotency-Key', randomUUID()],
    ['without', undefined],
  ])('create-intent %s takes three', async (_, key) => {
    const { status } = await shopper.create(provider, {}, key);
    expect([status, statements.length]).toEqual([201, 3]);
  });

  it('repeating its answer asks no provider', async () => {
    const key = randomUUID();
    const first = await shopper.create(provider, {}, key);
    statements = [];
    const before = test[provider].calls.length;
    const again = await shopper.create(provider, {}, key);
    expect([again.text, statements.length]).toEqual([first.text, 4]);
    expect(test[provider].calls).toHaveLength(before);
  });

  it(`confirm takes ${provider === 'stripe' ? 'three' : 'four, since the capture is written down first'}`, async () => {
    const { ref } = await shopper.agreed(provider);
    statements = [];
    const { body } = await shopper.confirm(provider, ref);
    expect([body.payment.status, statements.length]).toEqual(['succeeded', provider === 'stripe' ? 3 : 4]);
  });
});

it('the history takes one more than the session check', async () => {
  await shopper.history();
  expect(statements).toHaveLength(2);
});
