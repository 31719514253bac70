import { showBalanceTransaction } from './balance-transactions';
import { StripeRefusal } from './stripe-error';
import type { World } from './world';

type JsonObject = Record<string, unknown>;
const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Where the object behind an id in a field of this name is found. */
const lookups: Record<string, (world: World, id: string) => object | undefined> = {
  customer: ({ store }, id) => store.customers.get(id),
  payment_method: ({ store }, id) => store.paymentMethods.get(id),
  payment_intent: ({ store }, id) => store.paymentIntents.get(id),
  latest_charge: ({ store }, id) => store.charges.get(id),
  charge: ({ store }, id) => store.charges.get(id),
  balance_transaction: balanceTransaction,
  failure_balance_transaction: balanceTransaction,
  source: ({ store }, id) =>
    store.charges.get(id) ?? store.refunds.get(id) ?? store.disputes.get(id) ?? store.payouts.get(id),
  product: ({ store }, id) => store.products.get(id),
  default_price: ({ store }, id) => store.prices.get(id),
};

/** Lists that are only there when asked for. */
const includable: Record<string, Record<string, (world: World, id: string) => object[]>> = {
  charge: { refunds: ({ store }, id) => store.refunds.all().filter((one) => one.charge === id) },
  payment_intent: {
    charges: ({ store }, id) => store.charges.all().filter((one) => one.payment_intent === id),
  },
};

const deepest = 4;

/** "The 10 most recent refunds are always available by default on the Charge object" (docs.stripe.com/api/refunds/list). */
const included = 10;

/**
 * Replaces ids by their objects along paths such as `latest_charge.balance_transaction` or `data.customer`.
 * @returns a copy; the stored object is never touched
 * @throws StripeRefusal 400 for a path that leads nowhere
 */
export function expandObjects(world: World, answer: object, paths: readonly string[]): object {
  const copy = structuredClone(answer);
  for (const path of paths) {
    const steps = path.split('.');
    const levels = steps.filter((step) => step !== 'data').length;
    if (levels > deepest) {
      const message = `You cannot expand more than ${deepest} levels of a property.  Property: ${path}`;
      throw new StripeRefusal(400, { type: 'invalid_request_error', message }, true);
    }
    expandPath(world, copy, steps, path);
  }
  return copy;
}

function expandPath(world: World, node: unknown, steps: readonly string[], path: string): void {
  const [step, ...rest] = steps;
  if (step === undefined) return;
  if (Array.isArray(node)) {
    for (const item of node) expandPath(world, item, steps, path);
    return;
  }
  if (!isObject(node)) return;
  const current = expandStep(world, node, step, path);
  if (current !== null && current !== undefined) expandPath(world, current, rest, path);
}

function expandStep(world: World, node: JsonObject, step: string, path: string): unknown {
  const kind = String(node.object);
  const list = Object.hasOwn(includable, kind) ? includable[kind]?.[step] : undefined;
  if (list && Object.hasOwn(includable[kind] ?? {}, step)) {
    const all = list(world, String(node.id)).reverse();
    const data = structuredClone(all.slice(0, included));
    const hasMore = all.length > included;
    node[step] ??= { object: 'list', data, has_more: hasMore, url: `/v1/${step}?${kind}=${String(node.id)}` };
    return node[step];
  }
  const value = Object.hasOwn(node, step) ? node[step] : undefined;
  const isKnown = Object.hasOwn(lookups, step) && Object.hasOwn(node, step);
  if (isKnown && typeof value === 'string') {
    const found = lookups[step]?.(world, value);
    if (found) node[step] = structuredClone(found);
    return node[step];
  }
  if (isKnown || isObject(value) || Array.isArray(value)) return value;
  const message = `This property cannot be expanded (${path}).`;
  throw new StripeRefusal(400, { type: 'invalid_request_error', message }, true);
}

function balanceTransaction(world: World, id: string): object | undefined {
  const stored = world.store.balanceTransactions.get(id);
  return stored && showBalanceTransaction(stored, world.nowSeconds());
}
