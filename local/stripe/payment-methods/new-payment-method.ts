import type { FormObject } from '../form';
import type { StoredPaymentMethod } from '../stored-objects';
import { type TestInstrument, testInstruments } from '../test-instruments';
import { fingerprint, type World } from '../world';

export interface MethodDetails {
  billing?: FormObject;
  metadata?: Record<string, string>;
  expMonth?: number;
  expYear?: number;
}

/** Makes and stores a payment method for a test instrument, named as in `testInstruments`. */
export function newPaymentMethod(
  world: World,
  name: string,
  details: MethodDetails = {},
): StoredPaymentMethod {
  const instrument = testInstruments[name];
  if (!instrument) throw new Error(`no test instrument ${name}`);
  const method: StoredPaymentMethod = {
    id: world.newId('pm'),
    object: 'payment_method',
    allow_redisplay: 'unspecified',
    billing_details: billingDetails(details.billing),
    created: world.nowSeconds(),
    customer: null,
    customer_account: null,
    livemode: world.livemode,
    metadata: details.metadata ?? {},
    type: instrument.type,
    ...describe(world, instrument, details),
  };
  world.store.instruments.put({ id: method.id, instrument: name });
  return world.store.paymentMethods.put(method);
}

function describe(
  world: World,
  instrument: TestInstrument,
  { expMonth = 12, expYear }: MethodDetails,
): Pick<StoredPaymentMethod, 'card' | 'us_bank_account'> {
  const last4 = instrument.number.slice(-4);
  if (instrument.type === 'us_bank_account') {
    return {
      us_bank_account: {
        account_holder_type: 'individual',
        account_type: 'checking',
        bank_name: 'STRIPE TEST BANK',
        financial_connections_account: null,
        fingerprint: fingerprint(instrument.number),
        last4,
        networks: { preferred: 'ach', supported: ['ach'] },
        routing_number: '110000000',
        status_details: {},
      },
    };
  }
  const { brand, funding = 'credit', country = 'US' } = instrument;
  return {
    card: {
      brand,
      checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: 'unchecked' },
      country,
      display_brand: brand === 'amex' ? 'american_express' : brand,
      exp_month: expMonth,
      exp_year: expYear ?? new Date(world.nowMs()).getUTCFullYear() + 3,
      fingerprint: fingerprint(instrument.number),
      funding,
      generated_from: null,
      last4,
      networks: { available: [brand], preferred: null },
      regulated_status: 'unregulated',
      three_d_secure_usage: { supported: true },
      wallet: null,
    },
  };
}

function billingDetails(given: FormObject | undefined): StoredPaymentMethod['billing_details'] {
  const text = (from: FormObject | undefined, name: string) => {
    const value = from?.[name];
    return typeof value === 'string' && value !== '' ? value : null;
  };
  const address =
    typeof given?.address === 'object' && !Array.isArray(given.address) ? given.address : undefined;
  return {
    address: {
      city: text(address, 'city'),
      country: text(address, 'country'),
      line1: text(address, 'line1'),
      line2: text(address, 'line2'),
      postal_code: text(address, 'postal_code'),
      state: text(address, 'state'),
    },
    email: text(given, 'email'),
    name: text(given, 'name'),
    phone: text(given, 'phone'),
    tax_id: null,
  };
}
