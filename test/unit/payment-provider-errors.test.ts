import { isAppError } from '#shared/errors/app-error';
import { readRetryAfter } from '#shared/kernel/retry-after';
import { isSurelyNotMade, mustLook } from '../../services/payment/domain/call-horizon';
import { DoneBeforeError } from '../../services/payment/providers/error-verdict';
import { mapPayPalError } from '../../services/payment/providers/map-paypal-error';
import { mapStripeError } from '../../services/payment/providers/map-stripe-error';

const meaning = (error: unknown): string =>
  error instanceof DoneBeforeError ? 'look' : isAppError(error) ? error.code : 'neither';

const headersOf = (error: unknown) => (isAppError(error) ? error.headers : null);

describe('what an error of Stripe says about the call', () => {
  const invalid = (code: string, statusCode = 400) => ({
    type: 'StripeInvalidRequestError',
    statusCode,
    code,
  });
  const server = (statusCode: number, headers: Record<string, string> = {}) => ({
    type: 'StripeAPIError',
    statusCode,
    headers,
  });

  it.each([
    ['a declined card', { type: 'StripeCardError', statusCode: 402 }, 'payment_declined'],
    ['a wrong parameter', invalid('parameter_invalid_integer'), 'provider_rejected'],
    ['an unknown object', invalid('resource_missing', 404), 'provider_rejected'],
    ['refunded before', invalid('charge_already_refunded'), 'look'],
    ['not to be canceled any more', invalid('payment_intent_unexpected_state'), 'look'],
    [
      'the key used with other parameters',
      { type: 'StripeIdempotencyError', statusCode: 400 },
      'provider_outcome_unknown',
    ],
    [
      'the key in use',
      { type: 'StripeIdempotencyError', statusCode: 409, code: 'idempotency_key_in_use' },
      'provider_unavailable',
    ],
    ['a stored 500', server(500, { 'idempotent-replayed': 'true' }), 'provider_outcome_unknown'],
    [
      'a 500 that will be stored',
      server(500, { 'stripe-should-retry': 'false', 'idempotency-key': 'k' }),
      'provider_outcome_unknown',
    ],
    ['a 500 to a question', server(500, { 'stripe-should-retry': 'false' }), 'provider_unavailable'],
    ['any other 500', server(502), 'provider_unavailable'],
    ['too many requests', { type: 'StripeRateLimitError', statusCode: 429 }, 'provider_unavailable'],
    ['a lock', { ...invalid('lock_timeout', 429) }, 'provider_unavailable'],
    ['our own key', { type: 'StripeAuthenticationError', statusCode: 401 }, 'provider_unavailable'],
    ['no connection', { type: 'StripeConnectionError' }, 'provider_unavailable'],
    ['anything else', new TypeError('broken'), 'provider_unavailable'],
    ['nothing', undefined, 'provider_unavailable'],
  ])('%s', (_, error, expected) => {
    expect(meaning(mapStripeError(error))).toBe(expected);
  });

  it('hands on how long to wait', () => {
    const busy = { type: 'StripeRateLimitError', statusCode: 429, headers: { 'retry-after': '7' } };
    expect(headersOf(mapStripeError(busy))).toEqual({ 'retry-after': '7' });
    expect(headersOf(mapStripeError({ ...busy, headers: {} }))).toEqual({});
  });
});

describe('what an error of PayPal says about the call', () => {
  const refusal = (issue: string, statusCode = 422, name = 'UNPROCESSABLE_ENTITY') => ({
    statusCode,
    body: JSON.stringify({ name, details: [{ issue }] }),
  });

  it.each([
    ['ORDER_NOT_APPROVED', 'payment_not_approved'],
    ['PAYER_ACTION_REQUIRED', 'payment_not_approved'],
    ['INSTRUMENT_DECLINED', 'payment_declined'],
    ['PAYER_CANNOT_PAY', 'payment_declined'],
    ['TRANSACTION_REFUSED', 'payment_declined'],
    ['REFUND_AMOUNT_EXCEEDED', 'payment_not_refundable'],
    ['REFUND_NOT_ALLOWED', 'payment_not_refundable'],
    ['REFUND_TIME_LIMIT_EXCEEDED', 'payment_not_refundable'],
    ['TRANSACTION_DISPUTED', 'payment_not_refundable'],
    ['ORDER_ALREADY_CAPTURED', 'look'],
    ['CAPTURE_FULLY_REFUNDED', 'look'],
    ['DUPLICATE_INVOICE_ID', 'look'],
    ['SOMETHING_NEW', 'provider_rejected'],
  ])('422 %s: %s', (issue, expected) => {
    expect(meaning(mapPayPalError(refusal(issue)))).toBe(expected);
  });

  it.each([
    ['the request id used before', { statusCode: 409, body: '{"name":"DUPLICATE_REQUEST_ID"}' }, 'look'],
    ['the first still running', refusal('PREVIOUS_REQUEST_IN_PROGRESS', 409), 'provider_unavailable'],
    ['an unknown object', refusal('INVALID_RESOURCE_ID', 404, 'RESOURCE_NOT_FOUND'), 'payment_not_found'],
    ['a page of a proxy', { statusCode: 422, body: '<html>' }, 'provider_unavailable'],
    ['too many requests', { statusCode: 429, body: '{"name":"RATE_LIMIT_REACHED"}' }, 'provider_unavailable'],
    ['a 500', { statusCode: 500, body: '{"name":"INTERNAL_SERVER_ERROR"}' }, 'provider_unavailable'],
    ['no connection', Object.assign(new Error('x'), { code: 'ECONNRESET' }), 'provider_unavailable'],
  ])('%s', (_, error, expected) => {
    expect(meaning(mapPayPalError(error))).toBe(expected);
  });

  it('hands on how long to wait', () => {
    const busy = { statusCode: 429, body: '{}', headers: { 'retry-after': '7' } };
    expect(headersOf(mapPayPalError(busy))).toEqual({ 'retry-after': '7' });
  });
});

describe('Retry-After', () => {
  it.each([
    ['7', 7],
    [' 30 ', 30],
    ['0', 1],
    [12, 12],
    ['999999999', 3_600],
    ['99999999999999999999', null],
    ['1.5', null],
    ['-1', null],
    ['soon', null],
    ['Wed, 21 Oct 2026 07:28:00 GMT', null],
    [undefined, null],
    [null, null],
  ])('%j is %j seconds', (header, seconds) => {
    expect(readRetryAfter(header)).toBe(seconds);
  });
});

describe('a call without an outcome', () => {
  const HOUR = 3_600_000;
  const call = (provider: 'stripe' | 'paypal', operation: 'create' | 'capture' | 'refund' | 'cancel') =>
    ({ provider, operation, createdAt: 0, errorCode: null }) as const;

  it.each([
    ['stripe', 'refund', 20],
    ['stripe', 'cancel', 20],
    ['stripe', 'create', 20],
    ['paypal', 'create', 5],
    ['paypal', 'capture', 5],
    ['paypal', 'refund', 960],
  ] as const)('%s %s is repeated for %i hours and looked for afterwards', (provider, operation, hours) => {
    expect(mustLook(call(provider, operation), hours * HOUR - 1)).toBe(false);
    expect(mustLook(call(provider, operation), hours * HOUR)).toBe(true);
  });

  it('is looked for at once when its key is spent', () => {
    const spent = { ...call('stripe', 'refund'), errorCode: 'provider_outcome_unknown' };
    expect(mustLook(spent, 1)).toBe(true);
    expect(mustLook({ ...spent, errorCode: 'provider_unavailable' }, 1)).toBe(false);
  });

  it('is surely not made when nothing shows for a quarter of an hour', () => {
    expect(isSurelyNotMade({ createdAt: 0 }, 15 * 60_000 - 1)).toBe(false);
    expect(isSurelyNotMade({ createdAt: 0 }, 15 * 60_000)).toBe(true);
  });
});
