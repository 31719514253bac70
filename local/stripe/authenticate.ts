import { type HttpRequest, headerOf } from '../doubles/http-messages';
import type { FormObject } from './form';
import { StripeRefusal } from './stripe-error';

const invalid = (message: string, code?: string) =>
  new StripeRefusal(401, { type: 'invalid_request_error', code, message }, true, {
    'www-authenticate': 'Basic realm="Stripe"',
  });

/**
 * Reads the API key: `Authorization: Bearer`, Basic with the key as user name, or stripe.js's `key` parameter.
 * Any secret (`sk_`), restricted (`rk_`) or publishable (`pk_`) key of the right mode passes.
 * @throws StripeRefusal 401
 */
export function authenticate(
  request: HttpRequest,
  form: FormObject,
  livemode: boolean,
): { isPublishable: boolean } {
  const key = readKey(headerOf(request, 'authorization'), form);
  if (!key) {
    throw invalid(
      "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See https://stripe.com/docs/api#authentication for details, or we can help at https://support.stripe.com/.",
    );
  }
  const match = /^(sk|rk|pk)_(test|live)_[A-Za-z0-9_]{1,240}$/.exec(key);
  if (!match || (match[2] === 'live') !== livemode) {
    throw invalid(`Invalid API Key provided: ${mask(key)}`);
  }
  return { isPublishable: match[1] === 'pk' };
}

/** Refuses a publishable key where a secret one is needed. */
export function secretKeyRequired(): StripeRefusal {
  return invalid(
    'This API call cannot be made with a publishable API key. Please use a secret API key. You can find a list of your API keys at https://dashboard.stripe.com/account/apikeys.',
    'secret_key_required',
  );
}

function readKey(header: string | undefined, form: FormObject): string | undefined {
  const [scheme = '', value = ''] = (header ?? '').trim().split(/\s+/);
  if (/^bearer$/i.test(scheme)) return value;
  if (/^basic$/i.test(scheme)) return Buffer.from(value, 'base64').toString('utf8').split(':')[0];
  return typeof form.key === 'string' ? form.key : undefined;
}

function mask(key: string): string {
  return key.length <= 12 ? '*'.repeat(key.length) : `${key.slice(0, 8)}****${key.slice(-4)}`;
}
