/**
 * Stripe's test cards and bank accounts and what each does (docs.stripe.com/testing and
 * docs.stripe.com/payments/ach-direct-debit/accept-a-payment#test).
 */
export interface CardInstrument {
  type: 'card';
  number: string;
  brand: 'visa' | 'mastercard' | 'amex' | 'discover';
  funding?: 'debit' | 'prepaid';
  country?: string;
  /** Charges are refused with this code. */
  decline?: { code: string; declineCode?: string; message: string; blocked?: boolean };
  /** Asks for 3-D Secure; 'until_saved' no longer when the card is saved and the customer away. */
  authentication?: 'always' | 'until_saved';
  refund?: 'pending' | 'fails_later';
  dispute?: { reason: string; isInquiry?: boolean };
}

export interface BankInstrument {
  type: 'us_bank_account';
  number: string;
  /** Why the debit comes back; undefined = it settles. */
  failure?: { code: string; message: string };
  /** Never settles by itself. */
  staysProcessing?: boolean;
}

export type TestInstrument = CardInstrument | BankInstrument;

const declined = (declineCode: string, message = 'Your card was declined.') => ({
  code: 'card_declined',
  declineCode,
  message,
});
const visa = (number: string, more: Partial<CardInstrument> = {}): CardInstrument => ({
  type: 'card',
  brand: 'visa',
  number,
  ...more,
});
const bank = (number: string, more: Partial<BankInstrument> = {}): BankInstrument => ({
  type: 'us_bank_account',
  number,
  ...more,
});

const generic = declined('generic_decline');
const insufficient = declined('insufficient_funds', 'Your card has insufficient funds.');
const lost = declined('lost_card');
const stolen = declined('stolen_card');
const velocity = declined(
  'card_velocity_exceeded',
  'Your card was declined for making repeated attempts too frequently or exceeding its amount limit.',
);
const expired = { code: 'expired_card', declineCode: 'expired_card', message: 'Your card has expired.' };
const badCvc = {
  code: 'incorrect_cvc',
  declineCode: 'incorrect_cvc',
  message: "Your card's security code is incorrect.",
};
const processing = {
  code: 'processing_error',
  declineCode: 'processing_error',
  message: 'An error occurred while processing your card. Try again in a little bit.',
};

/** By the name of the test PaymentMethod. The first name of a number is the one a typed number means. */
export const testInstruments: Record<string, TestInstrument> = {
  pm_card_visa: visa('4242424242424242'),
  pm_card_visa_debit: visa('4000056655665556', { funding: 'debit' }),
  pm_card_mastercard: { type: 'card', brand: 'mastercard', number: '5555555555554444' },
  pm_card_mastercard_debit: {
    type: 'card',
    brand: 'mastercard',
    number: '5200828282828210',
    funding: 'debit',
  },
  pm_card_mastercard_prepaid: {
    type: 'card',
    brand: 'mastercard',
    number: '5105105105105100',
    funding: 'prepaid',
  },
  pm_card_amex: { type: 'card', brand: 'amex', number: '378282246310005' },
  pm_card_discover: { type: 'card', brand: 'discover', number: '6011111111111117' },
  pm_card_de: visa('4000002760000016', { country: 'DE' }),
  pm_card_gb: visa('4000008260000000', { country: 'GB' }),
  pm_card_bypassPending: visa('4000000000000077'),
  pm_card_riskLevelElevated: visa('4000000000009235'),
  pm_card_visa_chargeDeclined: visa('4000000000000002', { decline: generic }),
  pm_card_chargeDeclined: visa('4000000000000002', { decline: generic }),
  pm_card_visa_chargeDeclinedInsufficientFunds: visa('4000000000009995', { decline: insufficient }),
  pm_card_chargeDeclinedInsufficientFunds: visa('4000000000009995', { decline: insufficient }),
  pm_card_visa_chargeDeclinedLostCard: visa('4000000000009987', { decline: lost }),
  pm_card_chargeDeclinedLostCard: visa('4000000000009987', { decline: lost }),
  pm_card_visa_chargeDeclinedStolenCard: visa('4000000000009979', { decline: stolen }),
  pm_card_chargeDeclinedStolenCard: visa('4000000000009979', { decline: stolen }),
  pm_card_chargeDeclinedExpiredCard: visa('4000000000000069', { decline: expired }),
  pm_card_chargeDeclinedIncorrectCvc: visa('4000000000000127', { decline: badCvc }),
  pm_card_chargeDeclinedProcessingError: visa('4000000000000119', { decline: processing }),
  pm_card_visa_chargeDeclinedVelocityLimitExceeded: visa('4000000000006975', { decline: velocity }),
  pm_card_chargeCustomerFail: visa('4000000000000341', { decline: generic }),
  pm_card_radarBlock: visa('4100000000000019', { decline: { ...declined('fraudulent'), blocked: true } }),
  pm_card_threeDSecure2Required: visa('4000000000003220', {
    authentication: 'always',
    country: 'IE',
  }),
  pm_card_threeDSecureRequired: visa('4000000000003063', { authentication: 'always' }),
  pm_card_threeDSecureRequiredChargeDeclined: visa('4000008400001629', {
    authentication: 'always',
    decline: generic,
  }),
  pm_card_authenticationRequired: visa('4000002760003184', { authentication: 'always', country: 'DE' }),
  pm_card_authenticationRequiredOnSetup: visa('4000002500003155', { authentication: 'until_saved' }),
  pm_card_authenticationRequiredChargeDeclinedInsufficientFunds: visa('4000008260003178', {
    authentication: 'always',
    decline: insufficient,
    country: 'GB',
  }),
  pm_card_createDispute: visa('4000000000000259', { dispute: { reason: 'fraudulent' } }),
  pm_card_createDisputeProductNotReceived: visa('4000000000002685', {
    dispute: { reason: 'product_not_received' },
  }),
  pm_card_createDisputeInquiry: visa('4000000000001976', { dispute: { reason: 'general', isInquiry: true } }),
  pm_card_pendingRefund: visa('4000000000007726', { refund: 'pending' }),
  pm_card_refundFail: visa('4000000000005126', { refund: 'fails_later' }),
  pm_usBankAccount_success: bank('000123456789'),
  pm_usBankAccount: bank('000123456789'),
  pm_usBankAccount_accountClosed: bank('000111111113', {
    failure: { code: 'account_closed', message: "The customer's bank account has been closed." },
  }),
  pm_usBankAccount_noAccount: bank('000111111116', {
    failure: { code: 'no_account', message: "The customer's bank account could not be located." },
  }),
  pm_usBankAccount_insufficientFunds: bank('000222222227', {
    failure: { code: 'insufficient_funds', message: "The customer's account has insufficient funds." },
  }),
  pm_usBankAccount_debitNotAuthorized: bank('000333333335', {
    failure: { code: 'debit_not_authorized', message: 'The customer has not authorised this debit.' },
  }),
  pm_usBankAccount_processing: bank('000000004954', { staysProcessing: true }),
};

/** The instrument of a typed number (spaces allowed), by its test PaymentMethod's name. */
export function instrumentByNumber(type: TestInstrument['type'], number: string): string | undefined {
  const digits = number.replace(/[\s-]/g, '');
  return Object.keys(testInstruments).find((name) => {
    const instrument = testInstruments[name];
    return instrument?.type === type && instrument.number === digits;
  });
}

/** Old token names: `tok_visa` is the card of `pm_card_visa`. */
export function instrumentByToken(token: string): string | undefined {
  const name = token.replace(/^tok_/, 'pm_card_');
  return name !== token && name in testInstruments ? name : undefined;
}
