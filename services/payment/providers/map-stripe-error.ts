import { AppError } from '#shared/errors/app-error';
import { type DoneBeforeError, type ErrorVerdict, errorOfVerdict } from './error-verdict';

/**
 * Stripe's `code`s that we act on (docs.stripe.com/error-codes). Any other refusal of a request (`invalid_request_error` with
 * 400 or 404) is `provider_rejected`.
 */
const VERDICT_OF_CODE: Readonly<Record<string, ErrorVerdict>> = {
  // Perhaps by an earlier try of ours whose answer was lost.
  charge_already_refunded: 'look',
  // Of cancel: it was canceled, or paid, meanwhile.
  payment_intent_unexpected_state: 'look',
  // The first request with the key is still running; once it is done the key answers with its result. Looking would be too early.
  idempotency_key_in_use: 'open',
  // Somebody else holds the object; nothing was done (docs.stripe.com/rate-limits#object-lock-timeouts).
  lock_timeout: 'open',
  rate_limit: 'open',
};

/** By the SDK's class of error (docs.stripe.com/api/errors). Whatever is not here leaves the outcome open. */
const VERDICT_OF_TYPE: Readonly<Record<string, ErrorVerdict>> = {
  StripeCardError: 'payment_declined',
  // Our key was used with other parameters: by a version of us that asked otherwise. What it made is to be looked for.
  StripeIdempotencyError: 'spent',
};

/**
 * What Stripe's errors mean for us. Whatever leaves open whether the call had its effect (lost connection, 5xx, 409 of a
 * concurrent request, 429, our own credentials) is `provider_unavailable`; only a clear refusal of this very request is final.
 *
 * Stripe keeps the first answer for a key, also a 500, and repeats it for at least 24 hours with `Idempotent-Replayed: true`
 * (docs.stripe.com/api/idempotent_requests), and asks not to retry by `Stripe-Should-Retry: false`: such a 500 says nothing
 * about what happened and never will, so that it is `provider_outcome_unknown`. 429 comes from in front of that layer and is not kept (docs.stripe.com/error-low-level).
 */
export const mapStripeError = (error: unknown): AppError | DoneBeforeError => {
  if (error instanceof AppError) return error;
  const shape = readError(error);
  return errorOfVerdict(verdictOf(shape), { cause: error, retryAfter: shape.headers['retry-after'] });
};

/** Whether Stripe refused our API key, before it looked at the request (401, docs.stripe.com/api/errors). */
export const isRefusedKey = (error: unknown): boolean =>
  readError(error).type === 'StripeAuthenticationError' && readError(error).statusCode === 401;

const verdictOf = ({ type, code, statusCode, headers }: StripeErrorShape): ErrorVerdict => {
  if (statusCode >= 500 && isKept(headers)) return 'spent';
  const known = VERDICT_OF_CODE[code] ?? VERDICT_OF_TYPE[type];
  if (known !== undefined) return known;
  return type === 'StripeInvalidRequestError' && [400, 404].includes(statusCode)
    ? 'provider_rejected'
    : 'open';
};

/** Whether Stripe repeats this answer for the key, or says at once that trying again would only repeat it. */
const isKept = (headers: StripeErrorShape['headers']): boolean =>
  headers['idempotent-replayed'] === 'true' ||
  (headers['stripe-should-retry'] === 'false' && headers['idempotency-key'] !== undefined);

interface StripeErrorShape {
  /** The SDK's class. */
  readonly type: string;
  readonly code: string;
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

const readError = (error: unknown): StripeErrorShape => {
  const shape = (typeof error === 'object' && error !== null ? error : {}) as Partial<StripeErrorShape>;
  return {
    type: shape.type ?? '',
    code: shape.code ?? '',
    statusCode: shape.statusCode ?? 0,
    headers: shape.headers ?? {},
  };
};
