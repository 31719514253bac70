/**
 * Issues the double answers, with the status and the words of the OpenAPI files (Orders v2 2.13, Payments v2 2.5).
 * DECIMALS_NOT_SUPPORTED stands in the Payments file only, yet Orders answers it too.
 */
export const issueCatalogue: Readonly<Record<string, { status: number; description: string }>> = {
  // 400
  INVALID_ARRAY_MAX_ITEMS: {
    status: 400,
    description: 'The number of items in an array parameter is too large.',
  },
  INVALID_ARRAY_MIN_ITEMS: {
    status: 400,
    description: 'The number of items in an array parameter is too small.',
  },
  INVALID_PARAMETER_SYNTAX: {
    status: 400,
    description: 'The value of a field does not conform to the expected format.',
  },
  INVALID_STRING_LENGTH: { status: 400, description: 'The value of a field is either too short or too long' },
  INVALID_PARAMETER_VALUE: { status: 400, description: 'A parameter value is not valid.' },
  MISSING_REQUIRED_PARAMETER: { status: 400, description: 'A required parameter is missing.' },
  MALFORMED_REQUEST_JSON: { status: 400, description: 'The request JSON is not well formed.' },
  FIELD_NOT_PATCHABLE: { status: 400, description: 'Field cannot be patched.' },
  PAYPAL_REQUEST_ID_REQUIRED: {
    status: 400,
    description:
      "A PayPal-Request-Id is required if you are trying to process payment for an Order. Please specify a PayPal-Request-Id or Create the Order without a 'payment_source' specified.",
  },
  // 403, 404, 409
  PERMISSION_DENIED: {
    status: 403,
    description: 'You do not have permission to access or perform operations on this resource.',
  },
  INVALID_RESOURCE_ID: {
    status: 404,
    description: 'Specified resource ID does not exist. Please check the resource ID and try again.',
  },
  PREVIOUS_REQUEST_IN_PROGRESS: {
    status: 409,
    description:
      'A previous request on this resource is currently in progress. Please wait for sometime and try again. It is best to space out the initial and the subsequent request(s) to avoid receiving this error.',
  },
  // 422: amounts
  AMOUNT_MISMATCH: {
    status: 422,
    description:
      'Should equal item_total + tax_total + shipping + handling + insurance - shipping_discount - discount.',
  },
  CANNOT_BE_ZERO_OR_NEGATIVE: {
    status: 422,
    description:
      'Must be greater than zero. If the currency supports decimals, only two decimal place precision is supported.',
  },
  DECIMAL_PRECISION: {
    status: 422,
    description: 'If the currency supports decimals, only two decimal place precision is supported.',
  },
  DECIMALS_NOT_SUPPORTED: {
    status: 422,
    description:
      'Currency does not support decimals. Please refer to https://developer.paypal.com/docs/api/reference/currency-codes/ for more information.',
  },
  INVALID_CURRENCY_CODE: {
    status: 422,
    description:
      'Currency code is invalid or is not currently supported. Please refer https://developer.paypal.com/api/rest/reference/currency-codes/ for list of supported currency codes.',
  },
  MAX_VALUE_EXCEEDED: { status: 422, description: 'Should be less than or equal to 999999999999999.99.' },
  MULTI_CURRENCY_ORDER: {
    status: 422,
    description:
      'Multiple differing values of currency_code are not supported. Entire Order request must have the same currency_code.',
  },
  // 422: orders
  ACTION_DOES_NOT_MATCH_INTENT: {
    status: 422,
    description:
      "Order was created with an intent to 'CAPTURE'. Please use v2/checkout/orders/order_id/capture to complete the transaction or alternately Create an order with an intent of 'AUTHORIZE'.",
  },
  DUPLICATE_INVOICE_ID: {
    status: 422,
    description:
      'Duplicate Invoice ID detected. To avoid a potential duplicate transaction your account setting requires that Invoice Id be unique for each transaction.',
  },
  DUPLICATE_REFERENCE_ID: {
    status: 422,
    description: '`reference_id` must be unique if multiple `purchase_unit` are provided.',
  },
  INSTRUMENT_DECLINED: {
    status: 422,
    description:
      "The instrument presented  was either declined by the processor or bank, or it can't be used for this payment.",
  },
  ORDER_ALREADY_AUTHORIZED: {
    status: 422,
    description:
      "Order already authorized.If 'intent=AUTHORIZE' only one authorization per order is allowed.",
  },
  ORDER_ALREADY_CAPTURED: {
    status: 422,
    description: "Order already captured.If 'intent=CAPTURE' only one capture per order is allowed.",
  },
  ORDER_ALREADY_COMPLETED: { status: 422, description: 'The order cannot be patched after it is completed.' },
  ORDER_COMPLETED_OR_VOIDED: {
    status: 422,
    description: 'Order is voided or completed and hence cannot be authorized.',
  },
  ORDER_EXPIRED: {
    status: 422,
    description:
      'Order is expired and hence cannot be authorized. Please contact Customer Support if you need to increase your order validity period.',
  },
  ORDER_NOT_APPROVED: {
    status: 422,
    description:
      "Payer has not yet approved the Order for payment. Please redirect the payer to the 'rel':'approve' url returned as part of the HATEOAS links within the Create Order call or provide a valid `payment_source` in the request.",
  },
  PATCH_PATH_REQUIRED: {
    status: 422,
    description: "Please specify a 'path' for the field for which the operation needs to be performed.",
  },
  PATCH_VALUE_REQUIRED: {
    status: 422,
    description: "Please specify a 'value' to for the field that is being patched.",
  },
  PAYER_ACTION_REQUIRED: {
    status: 422,
    description: 'Transaction cannot complete successfully, instruct the buyer to return to PayPal.',
  },
  PAYER_CANNOT_PAY: {
    status: 422,
    description:
      'Payer cannot pay for this transaction. Please contact the payer to find other ways to pay for this transaction.',
  },
  REFERENCE_ID_NOT_FOUND: {
    status: 422,
    description:
      'Filter expression value is incorrect. Please check the value of the reference_id and try again.',
  },
  REFERENCE_ID_REQUIRED: {
    status: 422,
    description:
      "'reference_id' is required for each 'purchase_unit' if multiple 'purchase_unit' are provided.",
  },
  TRANSACTION_REFUSED: { status: 422, description: 'The request was refused.' },
  UNSUPPORTED_INTENT: {
    status: 422,
    description:
      '`intent=AUTHORIZE` is not supported for multiple purchase units. Only `intent=CAPTURE` is supported.',
  },
  // 422: authorizations
  AUTHORIZATION_ALREADY_CAPTURED: { status: 422, description: 'Authorization has previously been captured.' },
  AUTHORIZATION_VOIDED: {
    status: 422,
    description: 'A voided authorization cannot be captured or reauthorized. ',
  },
  AUTH_CAPTURE_CURRENCY_MISMATCH: {
    status: 422,
    description: 'Currency of capture must be the same as currency of authorization.',
  },
  MAX_CAPTURE_AMOUNT_EXCEEDED: {
    status: 422,
    description:
      'Capture amount exceeds allowable limit. Please contact customer service or your account manager to request the change to your overage limit. The default overage limit is 115%, which allows the sum of all captures to be up to 115% of the order amount. The ability to over capture is subjected to regulatory approvals.',
  },
  PREVIOUSLY_CAPTURED: {
    status: 422,
    description: 'Authorization has been previously captured and hence cannot be voided.',
  },
  PREVIOUSLY_VOIDED: {
    status: 422,
    description: 'Authorization has been previously voided and hence cannot be voided again.',
  },
  // 422: refunds
  CAPTURE_FULLY_REFUNDED: { status: 422, description: 'The capture has already been fully refunded' },
  PENDING_CAPTURE: {
    status: 422,
    description:
      'Cannot initiate a refund as the capture is pending. Capture is typically pending when the payer has funded the transaction using e-check/bank funded.',
  },
  REFUND_AMOUNT_EXCEEDED: {
    status: 422,
    description:
      'The refund amount must be less than or equal to the capture amount that has not yet been refunded.',
  },
  REFUND_CAPTURE_CURRENCY_MISMATCH: {
    status: 422,
    description: 'Refund must be in the same currency as the capture',
  },
  REFUND_FAILED_INSUFFICIENT_FUNDS: {
    status: 422,
    description:
      'Capture could not be refunded due to insufficient funds. Please check to see if you have sufficient funds in your PayPal account or if the bank account linked to your PayPal account is verified and has sufficient funds.',
  },
  REFUND_NOT_ALLOWED: { status: 422, description: 'Capture cannot be refunded.' },
  REFUND_TIME_LIMIT_EXCEEDED: {
    status: 422,
    description: 'You are over the time limit to perform a refund on this capture',
  },
};
