import type { Money } from './money';
import { formatMinor, parseMoney, scaleOf } from './money';
import { PayPalError } from './paypal-error';
import { type Fields, objectOrEmpty, readChoice, readObject, readText, readUrl } from './read-field';
import type { Order, PurchaseUnit } from './state';

export type OrderRequest = Pick<
  Order,
  'intent' | 'units' | 'payerAction' | 'returnUrl' | 'cancelUrl' | 'brandName'
>;

/** Checks the body of `POST /v2/checkout/orders` in PayPal's order: schema first (400), then meaning (422). */
export function parseOrderRequest(input: unknown): OrderRequest {
  const body = readObject(input, '/');
  const intent = readChoice(body, 'intent', ['CAPTURE', 'AUTHORIZE'] as const, '');
  const list = Object.hasOwn(body, 'purchase_units') ? body.purchase_units : undefined;
  if (list === undefined)
    throw PayPalError.invalid('MISSING_REQUIRED_PARAMETER', { field: '/purchase_units' });
  if (!Array.isArray(list))
    throw PayPalError.invalid('INVALID_PARAMETER_SYNTAX', { field: '/purchase_units' });
  if (list.length < 1) throw PayPalError.invalid('INVALID_ARRAY_MIN_ITEMS', { field: '/purchase_units' });
  if (list.length > 10) throw PayPalError.invalid('INVALID_ARRAY_MAX_ITEMS', { field: '/purchase_units' });
  const units = list.map((unit: unknown, index) => parseUnit(unit, index, list.length));
  checkTogether(units, intent);

  const source = objectOrEmpty(body.payment_source);
  const payerAction = Object.hasOwn(source, 'paypal');
  const experienceAt = '/payment_source/paypal/experience_context';
  const experience = objectOrEmpty(objectOrEmpty(source.paypal).experience_context);
  const application = objectOrEmpty(body.application_context);
  return {
    intent,
    units,
    payerAction,
    returnUrl:
      readUrl(experience, 'return_url', experienceAt) ??
      readUrl(application, 'return_url', '/application_context'),
    cancelUrl:
      readUrl(experience, 'cancel_url', experienceAt) ??
      readUrl(application, 'cancel_url', '/application_context'),
    brandName:
      readText(experience, 'brand_name', 127, experienceAt) ??
      readText(application, 'brand_name', 127, '/application_context'),
  };
}

function parseUnit(input: unknown, index: number, count: number): PurchaseUnit {
  const at = `/purchase_units/${index}`;
  const unit = readObject(input, at);
  const referenceId = readText(unit, 'reference_id', 256, at);
  if (referenceId === undefined && count > 1) {
    throw PayPalError.unprocessable('REFERENCE_ID_REQUIRED', { field: `${at}/reference_id` });
  }
  const amount = parseMoney(unit.amount, `${at}/amount`);
  const breakdown = objectOrEmpty(unit.amount).breakdown;
  if (breakdown !== undefined) checkBreakdown(readObject(breakdown, `${at}/amount/breakdown`), amount, at);
  return {
    referenceId: referenceId ?? 'default',
    amount,
    customId: readText(unit, 'custom_id', 127, at),
    invoiceId: readText(unit, 'invoice_id', 127, at),
    description: readText(unit, 'description', 127, at),
    softDescriptor: readText(unit, 'soft_descriptor', 22, at),
    breakdown,
    items: Array.isArray(unit.items) ? unit.items : undefined,
    shipping: typeof unit.shipping === 'object' ? (unit.shipping ?? undefined) : undefined,
    authorizationIds: [],
    captureIds: [],
  };
}

function checkTogether(units: readonly PurchaseUnit[], intent: Order['intent']): void {
  const currency = units[0]?.amount.currency;
  if (units.some((unit) => unit.amount.currency !== currency)) {
    throw PayPalError.unprocessable('MULTI_CURRENCY_ORDER', { field: '/purchase_units' });
  }
  if (new Set(units.map((unit) => unit.referenceId)).size < units.length) {
    throw PayPalError.unprocessable('DUPLICATE_REFERENCE_ID', { field: '/purchase_units' });
  }
  if (intent === 'AUTHORIZE' && units.length > 1) {
    throw PayPalError.unprocessable('UNSUPPORTED_INTENT', { field: '/intent', value: intent });
  }
}

/** +1 adds to the amount, -1 takes away; the formula stands in AMOUNT_MISMATCH. */
const breakdownSigns: Record<string, bigint> = {
  item_total: 1n,
  shipping: 1n,
  handling: 1n,
  tax_total: 1n,
  insurance: 1n,
  shipping_discount: -1n,
  discount: -1n,
};

function checkBreakdown(breakdown: Fields, amount: Money, at: string): void {
  let total = 0n;
  for (const [key, sign] of Object.entries(breakdownSigns)) {
    if (!Object.hasOwn(breakdown, key)) continue;
    const part = breakdownPart(breakdown[key], `${at}/amount/breakdown/${key}`);
    if (part.currency !== amount.currency)
      throw PayPalError.unprocessable('MULTI_CURRENCY_ORDER', { field: at });
    total += sign * part.minor;
  }
  if (total !== amount.minor) {
    const value = formatMinor(amount.currency, amount.minor);
    throw PayPalError.unprocessable('AMOUNT_MISMATCH', { field: `${at}/amount/value`, value });
  }
}

/** A breakdown part may be zero, which no other amount may. */
function breakdownPart(input: unknown, field: string): Money {
  const { currency_code: currency, value } = objectOrEmpty(input);
  if (
    typeof currency === 'string' &&
    scaleOf(currency) !== undefined &&
    /^0+(\.0{1,2})?$/.test(String(value))
  ) {
    return { currency, minor: 0n };
  }
  return parseMoney(input, field);
}
