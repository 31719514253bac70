/**
 * Every error a client can meet: its stable code, HTTP status and title. The code is public contract: never rename one. `type` in the
 * answer is `urn:tandem:error:` and the code.
 */
export interface ErrorCodeEntry {
  readonly status: number;
  readonly title: string;
}

export const errorCodes = {
  // The request itself
  request_invalid: { status: 400, title: 'The request does not have the required form' },
  body_not_json: { status: 400, title: 'The body is not valid JSON' },
  unsupported_media_type: { status: 415, title: 'The body must be application/json' },
  payload_too_large: { status: 413, title: 'The body is larger than this route accepts' },
  route_not_found: { status: 404, title: 'No such route' },
  method_not_allowed: { status: 405, title: 'This route does not take that method' },
  not_found: { status: 404, title: 'No such object, or not yours' },
  rate_limited: { status: 429, title: 'Too many requests' },
  // Who is asking
  unauthenticated: { status: 401, title: 'Sign in first' },
  session_ended: { status: 401, title: 'This session has ended' },
  session_token_reused: { status: 401, title: 'This session has ended: an old token of it was used again' },
  second_factor_required: { status: 403, title: 'This session lacks the second factor of its account' },
  forbidden: { status: 403, title: 'You may not do this' },
  own_account: { status: 409, title: 'This cannot be done to your own account' },
  csrf_invalid: { status: 403, title: 'The CSRF token is missing or does not fit the session' },
  // Accounts
  credentials_invalid: { status: 401, title: 'E-mail or password is wrong' },
  password_rejected: { status: 422, title: 'The password is not acceptable' },
  email_rejected: { status: 422, title: 'The e-mail address is not acceptable, or has an account already' },
  verification_invalid: { status: 401, title: 'The code or link is wrong, used or expired' },
  redirect_not_allowed: { status: 422, title: 'Redirects to that address are not allowed' },
  subscription_open: { status: 409, title: 'The account has something to settle before it can be deleted' },
  role_held: { status: 409, title: 'An account with a role stays until an admin has taken it' },
  not_supported: { status: 409, title: 'The identity provider in use does not offer this' },
  // Idempotency
  idempotency_key_missing: { status: 400, title: 'This route needs an Idempotency-Key header' },
  idempotency_key_invalid: { status: 400, title: 'The Idempotency-Key must be 1 to 255 visible characters' },
  idempotency_key_reused: { status: 422, title: 'This Idempotency-Key was used with another request' },
  idempotency_key_in_flight: { status: 409, title: 'A request with this Idempotency-Key is still running' },
  // Money
  price_not_found: { status: 404, title: 'No such price' },
  amount_not_allowed: { status: 422, title: 'This price does not take that amount' },
  currency_not_supported: { status: 422, title: 'The provider does not take this currency' },
  payment_not_found: { status: 404, title: 'No such payment, or not yours' },
  payment_not_refundable: { status: 409, title: 'This payment cannot be refunded by that amount' },
  payment_declined: { status: 402, title: 'The payment was declined' },
  payment_not_approved: { status: 409, title: 'The payer has not approved this payment' },
  payment_ended: { status: 409, title: 'This payment has ended; start another with a new Idempotency-Key' },
  payment_mismatch: { status: 409, title: 'The provider reports something else than we asked for' },
  payment_not_cancelable: { status: 409, title: 'This payment cannot be canceled now' },
  provider_not_configured: { status: 422, title: 'This payment provider is not set up here' },
  provider_outcome_unknown: {
    status: 503,
    title: 'The payment provider may have done this; what came of it is being looked up, ask again later',
  },
  meter_not_found: { status: 404, title: 'No such meter, or not one that users report' },
  quota_exceeded: { status: 429, title: 'The plan includes no more of this in this period' },
  event_not_under_review: { status: 409, title: 'This event is not under review' },
  provider_rejected: { status: 502, title: 'The payment provider refused the request' },
  provider_unavailable: { status: 503, title: 'The payment provider cannot be reached' },
  // Files
  file_not_found: { status: 404, title: 'No such file, or not yours' },
  file_not_uploaded: { status: 409, title: 'Nothing has been uploaded for this file yet' },
  file_name_rejected: { status: 422, title: 'A file cannot have this name' },
  file_type_not_allowed: { status: 422, title: 'Files of this type are not accepted for this purpose' },
  file_too_large: { status: 413, title: 'The file is larger than its purpose allows' },
  file_quota_exceeded: { status: 409, title: 'There is no room left for this file; delete others first' },
  // Webhooks
  webhook_signature_invalid: { status: 400, title: 'The webhook signature is not valid' },
  webhook_timestamp_out_of_tolerance: {
    status: 400,
    title: 'The webhook was signed too long ago or in the future',
  },
  webhook_wrong_mode: { status: 400, title: 'The webhook belongs to another mode or account' },
  webhook_body_invalid: { status: 400, title: 'The webhook body is not an event' },
  webhook_verification_unavailable: { status: 503, title: 'The webhook cannot be verified right now' },
  // Us
  queue_unavailable: { status: 503, title: 'The queue cannot be reached' },
  limiter_unavailable: { status: 503, title: 'Calls cannot be counted right now; try again shortly' },
  storage_unavailable: { status: 503, title: 'The file storage cannot be reached' },
  identity_unavailable: { status: 503, title: 'The identity provider cannot be reached' },
  database_unavailable: { status: 503, title: 'The database cannot be reached' },
  timeout: { status: 504, title: 'This took too long; try again' },
  conflict: { status: 409, title: 'Somebody else changed this at the same moment' },
  internal: { status: 500, title: 'Something went wrong on our side' },
} as const satisfies Record<string, ErrorCodeEntry>;

export type ErrorCode = keyof typeof errorCodes;
