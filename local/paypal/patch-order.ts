import { findOrder } from './find-resource';
import { parseMoney } from './money';
import { PayPalError } from './paypal-error';
import { type Fields, objectOrEmpty, readObject, readText } from './read-field';
import type { Order, PurchaseUnit } from './state';
import type { World } from './world';

/** What of a purchase unit the double lets a client change, and how. */
const patchable: Record<string, (unit: PurchaseUnit, value: unknown, at: string) => void> = {
  amount(unit, value, at) {
    unit.amount = parseMoney(value, at);
    unit.breakdown = objectOrEmpty(value).breakdown;
  },
  custom_id(unit, value, at) {
    unit.customId = readText({ value }, 'value', 127, at);
  },
  invoice_id(unit, value, at) {
    unit.invoiceId = readText({ value }, 'value', 127, at);
  },
  description(unit, value, at) {
    unit.description = readText({ value }, 'value', 127, at);
  },
};

/** `/purchase_units/@reference_id=='default'/amount`, the form PayPal documents. */
const unitPath = /^\/purchase_units\/@reference_id=='([^']{1,256})'\/([a-z_]+)$/;

/** PATCH /v2/checkout/orders/{id}: all operations or none. */
export function patchOrder(world: World, id: string, body: unknown): Order {
  const order = findOrder(world, id);
  if (!Array.isArray(body)) throw PayPalError.invalid('INVALID_PARAMETER_SYNTAX', { field: '/' });
  if (order.status === 'COMPLETED') throw PayPalError.unprocessable('ORDER_ALREADY_COMPLETED');
  const units = order.units.map((unit) => ({ ...unit }));
  for (const [index, item] of body.entries()) applyPatch(units, readObject(item, `/${index}`), `/${index}`);
  if (new Set(units.map((unit) => unit.amount.currency)).size > 1) {
    throw PayPalError.unprocessable('MULTI_CURRENCY_ORDER');
  }
  order.units = units;
  order.updatedAt = world.now();
  return order;
}

function applyPatch(units: readonly PurchaseUnit[], patch: Fields, at: string): void {
  const { op, path, value } = patch;
  if (op === undefined) throw PayPalError.invalid('MISSING_REQUIRED_PARAMETER', { field: `${at}/op` });
  if (op !== 'replace' && op !== 'add') {
    throw PayPalError.invalid('INVALID_PARAMETER_VALUE', { field: `${at}/op`, value: String(op) });
  }
  if (typeof path !== 'string')
    throw PayPalError.unprocessable('PATCH_PATH_REQUIRED', { field: `${at}/path` });
  if (value === undefined) throw PayPalError.unprocessable('PATCH_VALUE_REQUIRED', { field: `${at}/value` });
  const [, referenceId, key = ''] = unitPath.exec(path) ?? [];
  const change = Object.hasOwn(patchable, key) ? patchable[key] : undefined;
  if (change === undefined)
    throw PayPalError.invalid('FIELD_NOT_PATCHABLE', { field: `${at}/path`, value: path });
  const unit = units.find((candidate) => candidate.referenceId === referenceId);
  if (unit === undefined)
    throw PayPalError.unprocessable('REFERENCE_ID_NOT_FOUND', { field: `${at}/path`, value: path });
  change(unit, value, `${at}/value`);
}
