/** The `error` object of an answer, as in docs.stripe.com/api/errors. */
export interface StripeErrorBody {
  type: 'api_error' | 'card_error' | 'idempotency_error' | 'invalid_request_error';
  code?: string;
  decline_code?: string;
  message: string;
  param?: string;
  charge?: string;
  payment_intent?: unknown;
  payment_method?: unknown;
  advice_code?: string;
}

/** A refusal of the API. `isValidation` = the parameters themselves are wrong, so nothing began and no key is stored. */
export class StripeRefusal extends Error {
  override readonly name = 'StripeRefusal';
  constructor(
    readonly status: number,
    readonly body: StripeErrorBody,
    readonly isValidation = false,
    readonly headers: Record<string, string> = {},
  ) {
    super(body.message);
  }
}

/** 400: a parameter is missing, unknown or malformed. */
export function invalidParam(param: string, message: string, code?: string): StripeRefusal {
  return new StripeRefusal(400, { type: 'invalid_request_error', code, message, param }, true);
}

/** 404 (400 when a parameter, not the path, names it): no such object. */
export function missingResource(kind: string, id: string, param: string = 'id'): StripeRefusal {
  const message = `No such ${kind}: '${id}'`;
  const status = param === 'id' || param === 'intent' ? 404 : 400;
  return new StripeRefusal(status, {
    type: 'invalid_request_error',
    code: 'resource_missing',
    message,
    param,
  });
}

/** 400: the object's state does not allow this. */
export function unexpectedState(
  code: string,
  message: string,
  extra: Partial<StripeErrorBody> = {},
): StripeRefusal {
  return new StripeRefusal(400, { type: 'invalid_request_error', code, message, ...extra });
}
