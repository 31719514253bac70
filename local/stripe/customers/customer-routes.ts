import { listObjects, listParams } from '../list-objects';
import { mergeMetadata } from '../merge-metadata';
import type { Params } from '../read-params';
import type { StripeRoute } from '../route';
import type { StoredCustomer } from '../stored-objects';
import { missingResource } from '../stripe-error';
import { updateObject } from '../update-object';
import type { World } from '../world';
import { newCustomer } from './new-customer';

const path = '/v1/customers';
const textFields = ['description', 'email', 'name', 'phone'] as const;
const writableParams = [
  ...textFields,
  'address',
  'balance',
  'invoice_settings',
  'metadata',
  'payment_method',
  'preferred_locales',
  'shipping',
  'source',
  'tax',
  'tax_exempt',
];

/** /v1/customers (docs.stripe.com/api/customers). */
export function customerRoutes(world: World): StripeRoute[] {
  const { customers } = world.store;
  const find = (id: string): StoredCustomer => {
    const customer = customers.get(id);
    if (!customer) throw missingResource('customer', id);
    return customer;
  };
  const findLiving = (id: string): StoredCustomer => {
    const customer = find(id);
    if (customer.deleted) throw missingResource('customer', id);
    return customer;
  };
  return [
    {
      method: 'POST',
      pattern: path,
      params: writableParams,
      handle: ({ params }) => {
        const changes = readChanges({}, params);
        const customer = customers.put(newCustomer(world));
        updateObject(customer, changes);
        world.emit('customer.created', customer);
        return customer;
      },
    },
    {
      method: 'GET',
      pattern: path,
      params: [...listParams, 'email'],
      handle: (call) => {
        const email = call.params.text('email');
        const wanted = customers.all().filter((one) => !one.deleted && (!email || one.email === email));
        return listObjects(path, wanted, call);
      },
    },
    { method: 'GET', pattern: `${path}/{id}`, params: [], handle: ({ id }) => show(find(id)) },
    {
      method: 'POST',
      pattern: `${path}/{id}`,
      params: writableParams,
      handle: ({ id, params }) => {
        const customer = findLiving(id);
        const previous = updateObject(customer, readChanges(customer.metadata, params));
        if (Object.keys(previous).length > 0) world.emit('customer.updated', customer, previous);
        return customer;
      },
    },
    {
      method: 'DELETE',
      pattern: `${path}/{id}`,
      params: [],
      handle: ({ id }) => {
        const customer = findLiving(id);
        world.emit('customer.deleted', customer);
        updateObject(customer, { deleted: true });
        return show(customer);
      },
    },
  ];
}

function show(customer: StoredCustomer): object {
  return customer.deleted ? { id: customer.id, object: 'customer', deleted: true } : customer;
}

function readChanges(metadata: Record<string, string>, params: Params): Partial<StoredCustomer> {
  const texts = textFields
    .filter((name) => params.has(name))
    .map((name) => [name, params.text(name) ?? null] as const);
  return { ...Object.fromEntries(texts), metadata: mergeMetadata(metadata, params.metadata()) };
}
