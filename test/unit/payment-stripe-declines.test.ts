import { errorCodeForPayer } from '../../services/payment/providers/stripe-declines';

describe('what its user sees of a payment that failed', () => {
  it.each([
    ['insufficient_funds', 'insufficient_funds'],
    ['expired_card', 'expired_card'],
    // Whoever stole a card must not learn that it is known.
    ['stolen_card', 'generic_decline'],
    ['lost_card', 'generic_decline'],
    ['fraudulent', 'generic_decline'],
    ['merchant_blacklist', 'generic_decline'],
  ])('a decline as %s is shown as %s', (decline_code, shown) => {
    expect(errorCodeForPayer({ code: 'card_declined', decline_code })).toBe(shown);
  });

  it('what is no decline is shown by its code, and nothing as nothing', () => {
    expect(errorCodeForPayer({ code: 'payment_intent_authentication_failure' })).toBe(
      'payment_intent_authentication_failure',
    );
    expect([errorCodeForPayer({}), errorCodeForPayer(null), errorCodeForPayer(undefined)]).toEqual([
      null,
      null,
      null,
    ]);
  });
});
