import { type Params, readParams } from '../read-params';
import { invalidParam, StripeRefusal } from '../stripe-error';
import type { IntentTerms } from './new-payment-intent';

type MethodTerms = Pick<IntentTerms, 'automaticMethods' | 'allowedTypes' | 'excludedTypes' | 'methodTypes'>;

/** First API version in which `payment_method_types` can no longer be written (docs.stripe.com/changelog/endive). */
const endive = '2026-09-30';

const exclusive = [
  'automatic_payment_methods',
  'payment_method_types',
  'allowed_payment_method_types',
  'excluded_payment_method_types',
];

/** Refuses `payment_method_types` where the call's API version no longer has it. */
export function refuseMethodTypes(params: Params, version: string): void {
  if (!params.has('payment_method_types') || version < endive) return;
  throw new StripeRefusal(
    400,
    {
      type: 'invalid_request_error',
      code: 'payment_method_types_no_longer_supported',
      message:
        'The payment_method_types parameter is no longer supported on this API version. Use dynamic payment methods, allowed_payment_method_types or excluded_payment_method_types.',
      param: 'payment_method_types',
    },
    true,
  );
}

/** Which types of payment method a new intent takes: all that fit the currency, or what the caller restricts them to. */
export function readMethodTypes(params: Params, currency: string, version: string): MethodTerms {
  refuseMethodTypes(params, version);
  const named = params.texts('payment_method_types');
  const allowed = params.texts('allowed_payment_method_types');
  const excluded = params.texts('excluded_payment_method_types');
  const automatic = readAutomatic(params);
  refuseBoth(params, automatic?.enabled === true);
  const fitting = currency === 'usd' ? ['card', 'link', 'us_bank_account'] : ['card', 'link'];

  if (named.length > 0) {
    const odd = named.find((type) => !fitting.includes(type));
    if (odd) throw invalidType(odd);
    return { automaticMethods: null, allowedTypes: null, excludedTypes: null, methodTypes: named };
  }
  if (allowed.length > 0) {
    const methodTypes = fitting.filter((type) => allowed.includes(type));
    if (methodTypes.length === 0) throw invalidType(allowed.join(', '), 'allowed_payment_method_types');
    const allowedTypes = allowed as NonNullable<MethodTerms['allowedTypes']>;
    return { automaticMethods: null, allowedTypes, excludedTypes: null, methodTypes };
  }
  return {
    automaticMethods:
      automatic?.enabled === false ? null : { allow_redirects: 'always', ...automatic, enabled: true },
    allowedTypes: null,
    excludedTypes: excluded.length > 0 ? (excluded as MethodTerms['excludedTypes']) : null,
    methodTypes: fitting.filter((type) => !excluded.includes(type)),
  };
}

function readAutomatic(
  params: Params,
): { enabled: boolean; allow_redirects?: 'always' | 'never' } | undefined {
  const given = params.object('automatic_payment_methods');
  if (!given) return undefined;
  const automatic = readParams(given, ['enabled', 'allow_redirects']);
  const enabled = automatic.flag('enabled');
  if (enabled === undefined) {
    const name = 'automatic_payment_methods[enabled]';
    throw invalidParam(name, `Missing required param: ${name}.`, 'parameter_missing');
  }
  const redirects = automatic.oneOf('allow_redirects', ['always', 'never']);
  return { enabled, ...(redirects && { allow_redirects: redirects }) };
}

function refuseBoth(params: Params, isAutomatic: boolean): void {
  const given = exclusive
    .filter((name) => params.has(name))
    .filter((name) => name !== 'automatic_payment_methods' || isAutomatic);
  // Excluding from the automatic ones is what excluding is for.
  const clashing = given.filter((name) => name !== 'excluded_payment_method_types' || !isAutomatic);
  const [first, second] = clashing;
  if (first && second) {
    throw invalidParam(second, `You may only specify one of these parameters: ${first}, ${second}.`);
  }
}

function invalidType(type: string, param = 'payment_method_types'): StripeRefusal {
  const message = `The payment method type "${type}" is invalid. Please ensure the provided type is activated in your dashboard (https://dashboard.stripe.com/account/payments/settings) and your account is enabled for any preview features that you are trying to use.`;
  return new StripeRefusal(
    400,
    { type: 'invalid_request_error', code: 'payment_intent_invalid_parameter', message, param },
    true,
  );
}
