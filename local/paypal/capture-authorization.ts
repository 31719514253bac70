import { captureFunds, refuseKnownInvoice, takeCaptureRule } from './capture-funds';
import { findAuthorization, findCapture } from './find-resource';
import { parseMoney } from './money';
import { notifyAuthorization } from './notify';
import { PayPalError } from './paypal-error';
import { readObject, readText } from './read-field';
import type { Authorization, Capture } from './state';
import type { World } from './world';

/** POST /v2/payments/authorizations/{id}/capture: all of what is held, or a part of it. */
export function captureAuthorization(world: World, id: string, body: unknown): Capture {
  const authorization = findAuthorization(world, id);
  const request = readObject(body, '/');
  const invoiceId = readText(request, 'invoice_id', 127, '') ?? authorization.invoiceId;
  const asked = Object.hasOwn(request, 'amount') ? parseMoney(request.amount, '/amount') : undefined;
  if (authorization.status === 'VOIDED') throw PayPalError.unprocessable('AUTHORIZATION_VOIDED');
  if (authorization.status === 'CAPTURED') throw PayPalError.unprocessable('AUTHORIZATION_ALREADY_CAPTURED');
  const left = authorization.amount.minor - capturedMinor(world, authorization);
  const amount = asked ?? { currency: authorization.amount.currency, minor: left };
  if (amount.currency !== authorization.amount.currency) {
    throw PayPalError.unprocessable('AUTH_CAPTURE_CURRENCY_MISMATCH', { field: '/amount/currency_code' });
  }
  if (amount.minor > left)
    throw PayPalError.unprocessable('MAX_CAPTURE_AMOUNT_EXCEEDED', { field: '/amount/value' });
  refuseKnownInvoice(world, invoiceId);

  const { orderId, unit, customId } = authorization;
  const finalCapture = request.final_capture === true || amount.minor === left;
  const capture = captureFunds(
    world,
    { orderId, unit, authorizationId: id, amount, invoiceId, customId, finalCapture },
    takeCaptureRule(world, orderId),
  );
  authorization.status = finalCapture ? 'CAPTURED' : 'PARTIALLY_CAPTURED';
  authorization.updatedAt = world.now();
  return capture;
}

/** POST /v2/payments/authorizations/{id}/void: lets go of the held funds. */
export function voidAuthorization(world: World, id: string): Authorization {
  const authorization = findAuthorization(world, id);
  if (authorization.status === 'CAPTURED') throw PayPalError.unprocessable('PREVIOUSLY_CAPTURED');
  if (authorization.status === 'VOIDED') throw PayPalError.unprocessable('PREVIOUSLY_VOIDED');
  authorization.status = 'VOIDED';
  authorization.updatedAt = world.now();
  notifyAuthorization(world, 'PAYMENT.AUTHORIZATION.VOIDED', authorization);
  return authorization;
}

function capturedMinor(world: World, authorization: Authorization): bigint {
  let sum = 0n;
  for (const id of authorization.captureIds) {
    const { status, amount } = findCapture(world, id);
    if (status !== 'DECLINED' && status !== 'FAILED') sum += amount.minor;
  }
  return sum;
}
