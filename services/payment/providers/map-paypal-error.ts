import * as z from 'zod/mini';
import { AppError } from '#shared/errors/app-error';
import { type DoneBeforeError, type ErrorVerdict, errorOfVerdict } from './error-verdict';

/** PayPal's error body (developer.paypal.com/api/rest/responses). */
const errorBody = z.object({
  name: z.optional(z.string()),
  details: z.optional(z.array(z.object({ issue: z.optional(z.string()) }))),
});

/**
 * PayPal's `issue`s that we act on (error enums of Orders v2 2.13 and Payments v2 2.5); any other of a 400, 404 or 422 refuses
 * this very request for good.
 */
const VERDICT_OF_ISSUE: Readonly<Record<string, ErrorVerdict>> = {
  ORDER_NOT_APPROVED: 'payment_not_approved',
  PAYER_ACTION_REQUIRED: 'payment_not_approved',
  INSTRUMENT_DECLINED: 'payment_declined',
  PAYER_CANNOT_PAY: 'payment_declined',
  TRANSACTION_REFUSED: 'payment_declined',
  REFUND_AMOUNT_EXCEEDED: 'payment_not_refundable',
  REFUND_NOT_ALLOWED: 'payment_not_refundable',
  REFUND_TIME_LIMIT_EXCEEDED: 'payment_not_refundable',
  REFUND_NOT_PERMITTED_DUE_TO_CHARGEBACK: 'payment_not_refundable',
  TRANSACTION_DISPUTED: 'payment_not_refundable',
  MAX_NUMBER_OF_REFUNDS_EXCEEDED: 'payment_not_refundable',
  // Perhaps by an earlier try of ours whose answer was lost.
  ORDER_ALREADY_CAPTURED: 'look',
  CAPTURE_FULLY_REFUNDED: 'look',
  // Of a capture: our payment's id was paid for before. Of a refund: PayPal has one with this call's key as its invoice id,
  // and says so however long ago that was.
  DUPLICATE_INVOICE_ID: 'look',
  // The `name` under which PayPal's older APIs say that a PayPal-Request-Id was used before.
  DUPLICATE_REQUEST_ID: 'look',
  // The first of two calls with one PayPal-Request-Id is not done; the id tells its result later.
  PREVIOUS_REQUEST_IN_PROGRESS: 'open',
};

/** The issues of a PayPal error, empty when it has none. */
const issuesOf = (body: z.infer<typeof errorBody>): readonly string[] =>
  (body.details ?? []).flatMap(({ issue }) => (issue === undefined ? [] : [issue]));

/** What PayPal said in its own words; nothing where the answer is none of its errors. */
const bodyOf = (error: unknown): z.infer<typeof errorBody> => {
  const parsed = errorBody.safeParse(parseJson(readError(error).body));
  return parsed.success ? parsed.data : {};
};

/**
 * What PayPal's errors mean for us. Only a 400, 404 or 422 in PayPal's own words refuses the request for good (a 404 of an
 * object that it does not have is `payment_not_found`); lost connections, 5xx, 409 (the same
 * PayPal-Request-Id is still running), 429, our own credentials and answers that are no JSON leave the outcome open. PayPal
 * keeps no failure for a key: "the same id may try again" (developer.paypal.com/reference/guidelines/idempotency).
 */
export const mapPayPalError = (error: unknown): AppError | DoneBeforeError => {
  if (error instanceof AppError) return error;
  const { statusCode, headers } = readError(error);
  const verdict = verdictOf(statusCode, bodyOf(error));
  return errorOfVerdict(verdict, { cause: error, retryAfter: headers['retry-after'] });
};

const verdictOf = (statusCode: number, body: z.infer<typeof errorBody>): ErrorVerdict => {
  const known = [...issuesOf(body), body.name ?? '']
    .map((issue) => VERDICT_OF_ISSUE[issue])
    .find((verdict) => verdict !== undefined);
  if (known !== undefined) return known;
  // A page of some proxy with the same status says nothing about the request.
  if (body.name === undefined || ![400, 404, 422].includes(statusCode)) return 'open';
  const isAbsent = statusCode === 404 && body.name === 'RESOURCE_NOT_FOUND';
  return isAbsent ? 'payment_not_found' : 'provider_rejected';
};

/**
 * Whether a kept-alive connection turned out to be closed by the other side: usual after a Lambda was frozen. The call may
 * be made again at once: reads change nothing, and all others carry their PayPal-Request-Id.
 */
export const isStaleConnection = (error: unknown): boolean => {
  const shape = (typeof error === 'object' && error !== null ? error : {}) as {
    readonly code?: unknown;
    readonly request?: { readonly reusedSocket?: unknown };
  };
  return shape.request?.reusedSocket === true && (shape.code === 'ECONNRESET' || shape.code === 'EPIPE');
};

/** Whether PayPal refused our token, or our credentials for one, before it looked at the request. */
export const isRefusedToken = (error: unknown): boolean => readError(error).statusCode === 401;

interface PayPalErrorShape {
  readonly statusCode: number;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, unknown>>;
}

const readError = (error: unknown): PayPalErrorShape => {
  const shape = (typeof error === 'object' && error !== null ? error : {}) as Partial<PayPalErrorShape>;
  const { statusCode, body, headers = {} } = shape;
  return { statusCode: typeof statusCode === 'number' ? statusCode : 0, body, headers };
};

const parseJson = (text: unknown): unknown => {
  try {
    return JSON.parse(String(text));
  } catch {
    return null;
  }
};
