import { parseStripeEvent } from '#shared/provider-events/parse-stripe-event';
import { readStripeEvent } from '../../services/payment/providers/read-stripe-event';
import { fixturesOf } from '../support/webhook-service';

/** The two services meet in the message: what one takes out, the other must not have needed. */
describe('the reconciler reads the same facts with and without personal data', () => {
  it.each(fixturesOf('stripe'))('$name', ({ bytes }) => {
    const { body } = parseStripeEvent(bytes, { mode: 'test', account: null });
    expect(readStripeEvent(body)).toEqual(readStripeEvent(bytes.toString()));
  });
});
