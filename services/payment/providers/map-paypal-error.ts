import * as z from 'zod/mini';
import { AppError } from '#shared/errors/app-error';
import type { ErrorCode } from '#shared/errors/error-codes';

/** PayPal's error body (developer.paypal.com/api/rest/responses). */
const errorBody = z.object({
  name: z.optional(z.string()),
  details: z.optional(z.array(z.object({ issue: z.optional(z.string()) }))),
});

/** The issues we act on; any other of a 4xx is a refusal of this very request. */
const CODE_OF_ISSUE: Readonly<Record<string, ErrorCode>> = {
  ORDER_NOT_APPROVED: 'payment_not_approved',
  PAYER_ACTION_REQUIRED: 'payment_not_approved',
  INSTRUMENT_DECLINED: 'payment_declined',
  PAYER_CANNOT_PAY: 'payment_declined',
  TRANSACTION_REFUSED: 'payment_declined',
  REFUND_AMOUNT_EXCEEDED: 'payment_not_refundable',
  CAPTURE_FULLY_REFUNDED: 'payment_not_refundable',
  REFUND_NOT_ALLOWED: 'payment_not_refundable',
  REFUND_TIME_LIMIT_EXCEEDED: 'payment_not_refundable',
  CAPTURE_DISPUTED: 'payment_not_refundable',
};

/** The issues of a PayPal error, empty when it has none. */
const issuesOf = (body: z.infer<typeof errorBody>): readonly string[] =>
  (body.details ?? []).flatMap(({ issue }) => (issue === undefined ? [] : [issue]));

/** What PayPal said in its own words; nothing where the answer is none of its errors. */
const bodyOf = (error: unknown): z.infer<typeof errorBody> => {
  const parsed = errorBody.safeParse(parseJson(readError(error).body));
  return parsed.success ? parsed.data : {};
};

/** Refusals that say somebody, perhaps we ourselves, did it before: go and look. */
export const isAlreadyDone = (error: unknown): boolean =>
  issuesOf(bodyOf(error)).some((issue) => ['ORDER_ALREADY_CAPTURED', 'DUPLICATE_INVOICE_ID'].includes(issue));

/**
 * What PayPal's errors mean for us. Only a 400, 404 or 422 in PayPal's own words refuses the request for good (a 404 of an
 * object that it does not have is `payment_not_found`); lost connections, 5xx, 409 (the same
 * PayPal-Request-Id is still running), 429, our own credentials and answers that are no JSON leave the outcome open.
 */
export const mapPayPalError = (error: unknown): AppError => {
  if (error instanceof AppError) return error;
  const { statusCode } = readError(error);
  const body = bodyOf(error);
  const known = issuesOf(body)
    .map((issue) => CODE_OF_ISSUE[issue])
    .find((code) => code !== undefined);
  if (known !== undefined) return new AppError(known, { cause: error });
  // A page of some proxy with the same status says nothing about the request.
  if (body.name === undefined || ![400, 404, 422].includes(statusCode)) {
    return new AppError('provider_unavailable', { cause: error });
  }
  const isAbsent = statusCode === 404 && body.name === 'RESOURCE_NOT_FOUND';
  return new AppError(isAbsent ? 'payment_not_found' : 'provider_rejected', { cause: error });
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

const readError = (error: unknown): { readonly statusCode: number; readonly body: unknown } => {
  const shape = (typeof error === 'object' && error !== null ? error : {}) as {
    statusCode?: unknown;
    body?: unknown;
  };
  return { statusCode: typeof shape.statusCode === 'number' ? shape.statusCode : 0, body: shape.body };
};

const parseJson = (text: unknown): unknown => {
  try {
    return JSON.parse(String(text));
  } catch {
    return null;
  }
};
