import type Stripe from 'stripe';
import { refusal, type StripeDriver, startStripe } from './stripe-driver';

describe('lists, search and expansion in the Stripe double', () => {
  let driver: StripeDriver;
  let stripe: Stripe;
  let ids: string[];
  beforeAll(async () => {
    driver = await startStripe();
    stripe = driver.stripe;
    ids = [];
    for (let count = 0; count < 25; count++) {
      const made = await stripe.paymentIntents.create({
        amount: 500 + count,
        currency: count % 2 === 0 ? 'usd' : 'eur',
        metadata: { payment_id: `p-${count}` },
      });
      ids.unshift(made.id);
      driver.double.clock.advance(1_000);
    }
  });
  afterAll(() => driver.close());

  it('pages forwards, backwards and automatically', async () => {
    const first = await stripe.paymentIntents.list({ limit: 10 });
    expect([first.data.map((one) => one.id), first.has_more]).toEqual([ids.slice(0, 10), true]);
    const second = await stripe.paymentIntents.list({ limit: 20, starting_after: ids[9] });
    expect([second.data.map((one) => one.id), second.has_more]).toEqual([ids.slice(10), false]);
    const back = await stripe.paymentIntents.list({ limit: 5, ending_before: ids[12] });
    expect([back.data.map((one) => one.id), back.has_more]).toEqual([ids.slice(7, 12), true]);
    const all: string[] = [];
    for await (const one of stripe.paymentIntents.list({ limit: 7 })) all.push(one.id);
    expect(all).toEqual(ids);
  });

  it('filters by creation time', async () => {
    const tenth = await stripe.paymentIntents.retrieve(ids[10] ?? '');
    const since = await stripe.paymentIntents.list({ limit: 100, created: { gte: tenth.created } });
    expect(since.data.map((one) => one.id)).toEqual(ids.slice(0, 11));
    const before = await stripe.paymentIntents.list({ limit: 100, created: { lt: tenth.created } });
    expect(before.data).toHaveLength(14);
  });

  it.each([
    [{ limit: 0 }, 'limit'],
    [{ limit: 101 }, 'limit'],
    [{ starting_after: 'pi_none' }, 'starting_after'],
    [{ created: { around: 5 } }, 'created[around]'],
    [{ colour: 'red' }, 'colour'],
  ])('refuses %j naming %s', async (params, param) => {
    const error = await refusal(
      Promise.resolve(stripe.paymentIntents.list(params as Stripe.PaymentIntentListParams)),
    );
    expect([error.statusCode, error.param]).toEqual([400, param]);
  });

  it('searches by metadata and fields', async () => {
    const find = async (query: string) =>
      (await stripe.paymentIntents.search({ query, limit: 100 })).data.map((one) => one.amount);
    expect(await find("metadata['payment_id']:'p-7'")).toEqual([507]);
    expect(await find('metadata["payment_id"]:"p-8" AND currency:"usd"')).toEqual([508]);
    expect(await find("metadata['payment_id']:'p-7' OR metadata['payment_id']:'p-9'")).toEqual([509, 507]);
    expect(await find('amount>=523')).toEqual([524, 523]);
    expect(await find("metadata['payment_id']:'none'")).toEqual([]);
    expect(await find("metadata['nothing']:null AND amount<501")).toEqual([500]);
    expect((await refusal(stripe.paymentIntents.search({ query: 'drop table' }))).param).toBe('query');
    const page = await stripe.paymentIntents.search({ query: "currency:'usd'", limit: 5 });
    const next = await stripe.paymentIntents.search({
      query: "currency:'usd'",
      limit: 5,
      page: page.next_page ?? '',
    });
    expect(next.data[0]?.amount).toBe((page.data[4]?.amount ?? 0) - 2);
  });

  it('expands along paths, also in lists, and refuses paths that lead nowhere', async () => {
    const customer = await stripe.customers.create({ name: 'Ada' });
    const paid = await driver.pay('pm_card_visa', { customer: customer.id, capture_method: 'automatic' });
    const deep = await stripe.paymentIntents.retrieve(paid.id, {
      expand: ['customer', 'payment_method', 'latest_charge.balance_transaction.source'],
    });
    expect(deep).toMatchObject({
      customer: { name: 'Ada' },
      payment_method: { type: 'card' },
      latest_charge: { balance_transaction: { source: { object: 'charge' } } },
    });
    const listed = await stripe.charges.list({ expand: ['data.customer', 'data.refunds'] });
    expect(listed.data[0]).toMatchObject({ customer: { name: 'Ada' }, refunds: { data: [] } });
    expect((await stripe.paymentIntents.retrieve(paid.id)).customer).toBe(customer.id);
    for (const path of ['metadata', 'nothing', 'constructor', '__proto__', 'status']) {
      const call = stripe.paymentIntents.retrieve(paid.id, { expand: [`${path}.x`] });
      expect((await refusal(call)).statusCode).toBe(400);
    }
    const tooDeep = 'latest_charge.payment_intent.latest_charge.payment_intent.customer';
    expect((await refusal(stripe.paymentIntents.retrieve(paid.id, { expand: [tooDeep] }))).message).toContain(
      '4 levels',
    );
  });

  it('creates, changes, lists and deletes customers', async () => {
    const made = await stripe.customers.create({ email: 'x@example.com', metadata: { user_id: 'u-1' } });
    const changed = await stripe.customers.update(made.id, { name: 'Grace', metadata: { user_id: '' } });
    expect(changed).toMatchObject({ name: 'Grace', email: 'x@example.com', metadata: {} });
    expect((await stripe.customers.list({ email: 'x@example.com' })).data).toHaveLength(1);
    expect(await stripe.customers.del(made.id)).toEqual(
      expect.objectContaining({ id: made.id, deleted: true }),
    );
    expect(await stripe.customers.retrieve(made.id)).toMatchObject({ deleted: true });
    expect((await refusal(stripe.customers.update(made.id, { name: 'x' }))).code).toBe('resource_missing');
    const types = await stripe.events.list({ type: 'customer.*' });
    expect(types.data.slice(0, 3).map((one) => one.type)).toEqual([
      'customer.deleted',
      'customer.updated',
      'customer.created',
    ]);
    expect(types.data[1]?.data.previous_attributes).toMatchObject({ name: null });
  });

  it('has products and prices', async () => {
    const product = await stripe.products.create({ name: 'Plan' });
    const price = await stripe.prices.create({ product: product.id, currency: 'eur', unit_amount: 900 });
    expect(await stripe.prices.retrieve(price.id, { expand: ['product'] })).toMatchObject({
      unit_amount: 900,
      product: { name: 'Plan' },
    });
    expect((await stripe.prices.list({ product: product.id })).data).toHaveLength(1);
    expect((await stripe.products.list({ active: true })).data).toHaveLength(1);
  });
});
