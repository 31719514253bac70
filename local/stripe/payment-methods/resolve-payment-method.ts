import type { FormObject } from '../form';
import { readParams } from '../read-params';
import type { StoredPaymentMethod } from '../stored-objects';
import { invalidParam, missingResource, StripeRefusal } from '../stripe-error';
import { instrumentByNumber, instrumentByToken, testInstruments } from '../test-instruments';
import type { World } from '../world';
import { newPaymentMethod } from './new-payment-method';

/**
 * The payment method of an id. A test name such as `pm_card_visa` makes a new one each time, as at Stripe.
 * @throws StripeRefusal resource_missing
 */
export function resolvePaymentMethod(world: World, id: string): StoredPaymentMethod {
  const known = world.store.paymentMethods.get(id);
  if (known) return known;
  if (Object.hasOwn(testInstruments, id)) return newPaymentMethod(world, id);
  const token = instrumentByToken(id);
  if (token) return newPaymentMethod(world, token);
  throw missingResource('PaymentMethod', id, 'payment_method');
}

/**
 * Makes a payment method from `type`, `card[number|token]`, `us_bank_account[account_number]`, `billing_details`:
 * the parameters of `POST /v1/payment_methods` and of `payment_method_data`.
 */
export function createFromData(world: World, data: FormObject): StoredPaymentMethod {
  const params = readParams(data, [
    'type',
    'card',
    'us_bank_account',
    'billing_details',
    'metadata',
    'allow_redisplay',
    'customer',
    'radar_options',
    // Sent by stripe.js.
    'guid',
    'muid',
    'sid',
    'payment_user_agent',
    'referrer',
    'time_on_page',
    'client_attribution_metadata',
    'key',
    '_stripe_version',
  ]);
  const type = params.oneOf('type', ['card', 'us_bank_account']) ?? (params.has('card') ? 'card' : undefined);
  if (!type) throw invalidParam('type', 'Missing required param: type.', 'parameter_missing');
  const details = params.object(type);
  if (!details) throw invalidParam(type, `Missing required param: ${type}.`, 'parameter_missing');
  const common = { billing: params.object('billing_details'), metadata: params.metadata() ?? {} };
  if (type === 'us_bank_account') {
    const account = readParams(details, [
      'account_number',
      'routing_number',
      'account_holder_type',
      'account_type',
    ]).requiredText('account_number');
    const name = instrumentByNumber(type, account);
    if (!name)
      throw invalidParam('us_bank_account[account_number]', 'You must use a test bank account number.');
    return newPaymentMethod(world, name, common);
  }
  const card = readParams(details, ['number', 'exp_month', 'exp_year', 'cvc', 'token', 'networks']);
  const token = card.text('token');
  const name = token ? instrumentByToken(token) : instrumentByNumber(type, card.requiredText('number'));
  if (!name) throw token ? missingResource('token', token, 'card[token]') : wrongNumber();
  const expMonth = card.integer('exp_month');
  const expYear = card.integer('exp_year');
  checkExpiry(world, expMonth, expYear);
  return newPaymentMethod(world, name, { ...common, expMonth, expYear });
}

function wrongNumber(): StripeRefusal {
  const message = 'Your card number is incorrect.';
  return new StripeRefusal(402, { type: 'card_error', code: 'incorrect_number', message, param: 'number' });
}

function checkExpiry(world: World, month: number | undefined, year: number | undefined): void {
  const refuse = (param: string, code: string, message: string) =>
    new StripeRefusal(402, { type: 'card_error', code, message, param });
  if (month !== undefined && (month < 1 || month > 12)) {
    throw refuse('exp_month', 'invalid_expiry_month', "Your card's expiration month is invalid.");
  }
  if (year === undefined) return;
  const fullYear = year < 100 ? 2000 + year : year;
  const endsMs = Date.UTC(fullYear, month ?? 12);
  if (endsMs <= world.nowMs() || fullYear > 2200) {
    throw refuse('exp_year', 'invalid_expiry_year', "Your card's expiration year is invalid.");
  }
}
