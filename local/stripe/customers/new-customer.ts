import type { StoredCustomer } from '../stored-objects';
import type { World } from '../world';

/** A customer without anything; `changes` of create and update go on top. */
export function newCustomer(world: World): StoredCustomer {
  return {
    id: world.newId('cus'),
    object: 'customer',
    address: null,
    balance: 0,
    created: world.nowSeconds(),
    currency: null,
    customer_account: null,
    default_source: null,
    delinquent: false,
    description: null,
    discount: null,
    email: null,
    invoice_prefix: world.random.text(8, '0123456789ABCDEF'),
    invoice_settings: {
      custom_fields: null,
      default_payment_method: null,
      footer: null,
      rendering_options: null,
    },
    livemode: world.livemode,
    metadata: {},
    name: null,
    next_invoice_sequence: 1,
    phone: null,
    preferred_locales: [],
    shipping: null,
    tax_exempt: 'none',
    test_clock: null,
  };
}
