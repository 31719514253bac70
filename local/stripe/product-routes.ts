import { readCurrency } from './currencies';
import { listObjects, listParams } from './list-objects';
import type { StripeRoute } from './route';
import { missingResource } from './stripe-error';
import type { World } from './world';

/** /v1/products and /v1/prices: create, retrieve, list; one-time prices only. */
export function productRoutes(world: World): StripeRoute[] {
  const { products, prices } = world.store;
  return [
    {
      method: 'POST',
      pattern: '/v1/products',
      params: [
        'name',
        'description',
        'metadata',
        'active',
        'images',
        'url',
        'shippable',
        'statement_descriptor',
        'tax_code',
        'unit_label',
      ],
      handle: ({ params }) => {
        const product = products.put({
          id: world.newId('prod'),
          object: 'product',
          active: params.flag('active') ?? true,
          created: world.nowSeconds(),
          default_price: null,
          description: params.text('description') ?? null,
          images: params.texts('images'),
          livemode: world.livemode,
          marketing_features: [],
          metadata: params.metadata() ?? {},
          name: params.requiredText('name'),
          package_dimensions: null,
          shippable: params.flag('shippable') ?? null,
          statement_descriptor: params.text('statement_descriptor') ?? null,
          tax_code: params.text('tax_code') ?? null,
          tax_details: null,
          type: 'service',
          unit_label: params.text('unit_label') ?? null,
          updated: world.nowSeconds(),
          url: params.text('url') ?? null,
        });
        world.emit('product.created', product);
        return product;
      },
    },
    {
      method: 'POST',
      pattern: '/v1/prices',
      params: [
        'product',
        'currency',
        'unit_amount',
        'metadata',
        'active',
        'nickname',
        'lookup_key',
        'tax_behavior',
      ],
      handle: ({ params }) => {
        const productId = params.requiredText('product');
        if (!products.get(productId)) throw missingResource('product', productId, 'product');
        const unitAmount = params.requiredInteger('unit_amount');
        const price = prices.put({
          id: world.newId('price'),
          object: 'price',
          active: params.flag('active') ?? true,
          billing_scheme: 'per_unit',
          created: world.nowSeconds(),
          currency: readCurrency(params.requiredText('currency')),
          custom_unit_amount: null,
          livemode: world.livemode,
          lookup_key: params.text('lookup_key') ?? null,
          metadata: params.metadata() ?? {},
          nickname: params.text('nickname') ?? null,
          product: productId,
          recurring: null,
          tax_behavior: 'unspecified',
          tiers_mode: null,
          transform_quantity: null,
          type: 'one_time',
          unit_amount: unitAmount,
          unit_amount_decimal: String(unitAmount),
        });
        world.emit('price.created', price);
        return price;
      },
    },
    {
      method: 'GET',
      pattern: '/v1/products',
      params: [...listParams, 'active', 'ids', 'url', 'shippable'],
      handle: (call) => {
        const active = call.params.flag('active');
        const wanted = products.all().filter((one) => active === undefined || one.active === active);
        return listObjects('/v1/products', wanted, call);
      },
    },
    {
      method: 'GET',
      pattern: '/v1/products/{id}',
      params: [],
      handle: ({ id }) => {
        const product = products.get(id);
        if (!product) throw missingResource('product', id);
        return product;
      },
    },
    {
      method: 'GET',
      pattern: '/v1/prices',
      params: [...listParams, 'active', 'product', 'currency', 'lookup_keys', 'type', 'recurring'],
      handle: (call) => {
        const active = call.params.flag('active');
        const product = call.params.text('product');
        const wanted = prices
          .all()
          .filter((one) => active === undefined || one.active === active)
          .filter((one) => !product || one.product === product);
        return listObjects('/v1/prices', wanted, call);
      },
    },
    {
      method: 'GET',
      pattern: '/v1/prices/{id}',
      params: [],
      handle: ({ id }) => {
        const price = prices.get(id);
        if (!price) throw missingResource('price', id);
        return price;
      },
    },
  ];
}
