import { auditLines, deliver, newOperator, type Operator, openStory } from '../support/operator';
import { expectSoundBooks, type PaymentTest, startPaymentTest } from '../support/payment-service';
import { makeSweeper } from '../support/payment-workers';
import { providerMessage } from '../support/sqs-event';

let test: PaymentTest;
let operator: Operator;

beforeEach(async () => {
  test = await startPaymentTest();
  operator = await newOperator(test);
});
afterEach(async () => {
  await expectSoundBooks(test.admin);
  await test.close();
});

const reconciler = () => test.as('tandem_reconcile', 1);

const paymentOf = async (id: string) =>
  (
    await test.admin.query<{ status: string; review_reason: string | null; captured_minor: string }>(
      'select status, review_reason, captured_minor from public.payments where id = $1',
      [id],
    )
  ).rows[0];

/** A payment of 1999 USD about which an intent of another worth was reported. */
const mismatch = async (name: string, amount = 2999) => {
  const { id, story } = await openStory(test, name, amount);
  await deliver(
    reconciler(),
    story.event(`evt_${name}`, 'payment_intent.succeeded', story.intent('succeeded')),
  );
  return id;
};

describe('GET /reviews', () => {
  it('tells with both values what is under review, oldest first, in pages', async () => {
    const amount = await mismatch('amount');
    const { story: other } = await openStory(test, 'currency');
    const { id: currency } = await openStory(test, 'yen');
    await deliver(
      reconciler(),
      providerMessage(
        other.event('evt_yen', 'payment_intent.succeeded', {
          ...other.intent('succeeded'),
          id: 'pi_yen',
          currency: 'jpy',
          metadata: { payment_id: currency },
        }),
        { receivedAt: '2026-11-22T13:00:00.000Z' },
      ),
    );
    const { body: first } = await operator.get('reviews', { limit: '1' });
    expect(first).toMatchObject({ success: true, has_more: true });
    expect(first.data).toEqual([
      {
        event: expect.objectContaining({
          id: 'evt_amount',
          outcome: 'review',
          reason: 'other_amount',
          payment_id: amount,
        }),
        payment: expect.objectContaining({ id: amount, status: 'created', amount: 1999 }),
        mismatches: [
          { field: 'amount', ours: '1999 USD', reported: '2999 USD' },
          { field: 'captured', ours: '1999 USD', reported: '2999 USD' },
        ],
      },
    ]);
    const { body: second } = await operator.get('reviews', { cursor: first.next_cursor });
    expect([second.has_more, second.data]).toEqual([
      false,
      [
        {
          event: expect.objectContaining({ id: 'evt_yen', reason: 'other_currency' }),
          payment: expect.objectContaining({ id: currency }),
          mismatches: expect.arrayContaining([{ field: 'amount', ours: '1999 USD', reported: '1999 JPY' }]),
        },
      ],
    ]);
  });

  it('is empty where all is well', async () => {
    const { status, body } = await operator.get('reviews');
    expect([status, body]).toEqual([200, { success: true, data: [], has_more: false, next_cursor: null }]);
  });
});

describe('POST /reviews/{id}/resolve', () => {
  const dismiss = (id: string) => operator.post(`reviews/${id}/resolve`, { resolution: 'dismissed' });

  it('takes the mark off without any effect on money, once, with a line in the log', async () => {
    const id = await mismatch('dismissed');
    expect(await paymentOf(id)).toEqual({
      status: 'created',
      review_reason: 'other_amount',
      captured_minor: '0',
    });
    const { status, body } = await dismiss('evt_dismissed');
    expect([status, body]).toEqual([
      200,
      {
        success: true,
        event: expect.objectContaining({ id: 'evt_dismissed', outcome: 'dismissed', reason: 'other_amount' }),
        payment: expect.objectContaining({ id, status: 'created', captured_amount: 0 }),
      },
    ]);
    expect(await paymentOf(id)).toEqual({ status: 'created', review_reason: null, captured_minor: '0' });
    expect((await dismiss('evt_dismissed')).status).toBe(200);
    expect(await auditLines(test, 'reviews.dismiss')).toEqual([
      expect.objectContaining({
        actor_id: operator.userId,
        target: 'stripe:evt_dismissed',
        before: { outcome: 'review', reason: 'other_amount', payment_id: id },
        after: { outcome: 'dismissed', payment_review_reason: null },
      }),
    ]);
    expect((await operator.get('reviews')).body.data).toEqual([]);
  });

  it('stands, whatever comes again: the event, a replay, the sweep', async () => {
    const id = await mismatch('again');
    await dismiss('evt_again');
    const { story } = await openStory(test, 'twin', 2999);
    await deliver(
      reconciler(),
      story.event('evt_again', 'payment_intent.succeeded', {
        ...story.intent('succeeded'),
        id: 'pi_again',
        metadata: { payment_id: id },
      }),
    );
    const { body } = await operator.post('events/evt_again/replay');
    expect(body.event.outcome).toBe('dismissed');
    await makeSweeper(reconciler(), test).sweep();
    expect(await paymentOf(id)).toMatchObject({ review_reason: null, captured_minor: '0' });
  });

  it('leaves the mark while another event waits', async () => {
    const id = await mismatch('two');
    const { story } = await openStory(test, 'second', 3999);
    const object = {
      ...story.intent('succeeded'),
      id: 'pi_two',
      metadata: { payment_id: id },
      currency: 'jpy',
    };
    await deliver(reconciler(), story.event('evt_two_b', 'payment_intent.succeeded', object));
    await dismiss('evt_two');
    expect(await paymentOf(id)).toMatchObject({ review_reason: 'other_currency' });
    await dismiss('evt_two_b');
    expect(await paymentOf(id)).toMatchObject({ review_reason: null });
  });

  it('does not keep the payment from what fits', async () => {
    const id = await mismatch('fits');
    await dismiss('evt_fits');
    const { story } = await openStory(test, 'right');
    const object = { ...story.intent('succeeded'), id: 'pi_fits', metadata: { payment_id: id } };
    await deliver(reconciler(), story.event('evt_right', 'payment_intent.succeeded', object));
    expect(await paymentOf(id)).toEqual({ status: 'succeeded', review_reason: null, captured_minor: '1999' });
  });

  it.each([
    ['an event that is not there', 'evt_nowhere', 404, 'not_found'],
    ['one that is not under review', 'evt_fine', 409, 'event_not_under_review'],
  ])('refuses %s', async (_, eventId, status, code) => {
    await deliver(reconciler(), {
      id: 'evt_fine',
      type: 'customer.created',
      created: 1,
      data: { object: { object: 'customer' } },
    } as never);
    const answer = await dismiss(eventId);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  it('knows no way to accept what contradicts us', async () => {
    await mismatch('accept');
    const { status, body } = await operator.post('reviews/evt_accept/resolve', { resolution: 'accepted' });
    expect([status, body.code]).toEqual([400, 'request_invalid']);
  });
});
