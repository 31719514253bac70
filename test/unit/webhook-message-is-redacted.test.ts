import { parseStripeEvent } from '#shared/provider-events/parse-stripe-event';

it('puts no secret and nothing of the payer into the message of a Stripe event', () => {
  const object = {
    object: 'payment_intent',
    id: 'pi_1',
    client_secret: 'pi_1_secret_abc',
    receipt_email: 'jo@example.com',
    billing_details: { name: 'Jo Doe' },
  };
  const event = {
    object: 'event',
    id: 'evt_1',
    type: 'payment_intent.created',
    livemode: false,
    data: { object },
  };
  const { body } = parseStripeEvent(Buffer.from(JSON.stringify(event)), { mode: 'test', account: null });
  expect(JSON.parse(body).data.object.id).toBe('pi_1');
  expect(body).not.toMatch(/_secret_|jo@example|Jo Doe/);
});
