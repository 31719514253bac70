import { isJsonObject, type JsonObject } from '#shared/provider-events/read-json-object';
import { REDACTED, redactStripeEvent } from '#shared/provider-events/redact-stripe-event';
import { fixturesOf } from '../support/webhook-service';

const redactedObject = (object: JsonObject): JsonObject => {
  const { data } = redactStripeEvent({ object: 'event', data: { object } });
  return isJsonObject(data) && isJsonObject(data.object) ? data.object : {};
};

/** Every leaf by its path, numbers of a list left out: `data.object.amount` → values. */
const leaves = (value: unknown, path = ''): [string, unknown][] => {
  if (Array.isArray(value)) return value.flatMap((item) => leaves(item, path));
  if (isJsonObject(value))
    return Object.entries(value).flatMap(([key, item]) => leaves(item, `${path}.${key}`));
  return [[path, value]];
};

const MONEY =
  /\.(?:amount[a-z_]*|fee|net|currency|status|payment_status|subtotal|total|created|arrival_date|reason|livemode|captured|paid|refunded|customer|charge|payment_intent|balance_transaction|latest_charge|latest_invoice|invoice|subscription|failure_code|decline_code)$/;
/** Inside these nothing is kept; a status or amount in there is somebody's bank instructions. */
const CLOSED = /\.(?:next_action|evidence|billing_details|customer_details|shipping|collected_information)\./;

describe.each(fixturesOf('stripe'))('$name, redacted', ({ bytes }) => {
  const original: JsonObject = JSON.parse(bytes.toString());
  const text = JSON.stringify(redactStripeEvent(original));

  it('holds nothing of a person, no secret and no link', () => {
    expect(text).not.toMatch(
      /Jenny|Rosen|@|example\.(?:com|org)|15555550100|Townsend|94103|203\.0\.113|_secret_|https?:|4242|1881|Xt5EWLLDS7FJjR1c|DE0000/,
    );
  });

  it('keeps every figure, status, time and id that a payment needs', () => {
    const wanted = leaves(original).filter(([path]) => MONEY.test(path) && !CLOSED.test(path));
    expect(wanted.length).toBeGreaterThan(0);
    expect(leaves(JSON.parse(text))).toEqual(expect.arrayContaining(wanted));
    const ids = leaves(original).filter(([path]) => /\.id$/.test(path) && !CLOSED.test(path));
    expect(leaves(JSON.parse(text))).toEqual(expect.arrayContaining(ids));
  });
});

describe('redaction', () => {
  it('takes personal data and secrets out at any depth, and leaves null where nothing was', () => {
    const canary = 'canary-7f3a';
    const object = redactedObject({
      object: 'charge',
      receipt_email: canary,
      client_secret: canary,
      receipt_url: canary,
      billing_details: { name: canary },
      phone: null,
      payment_method_details: { card: { fingerprint: canary, last4: canary, iin: canary, brand: 'visa' } },
      lines: {
        data: [{ deep: [{ customer_email: canary, hosted_invoice_url: canary, ip_address: canary }] }],
      },
      note: canary,
    });
    expect(JSON.stringify(object)).not.toContain(canary);
    expect(object).toMatchObject({
      phone: null,
      receipt_email: REDACTED,
      payment_method_details: { card: { brand: 'visa' } },
    });
  });

  it('takes out text that gives itself away under any key', () => {
    const object = redactedObject({
      object: 'x',
      a: 'jenny@example.org',
      b: 'pi_1_secret_2',
      c: 'https://x.example/?t=1',
    });
    expect(object).toEqual({ object: 'x', a: REDACTED, b: REDACTED, c: REDACTED });
  });

  it('keeps the name of a thing and not of a person', () => {
    expect(redactedObject({ object: 'product', name: 'Standard' }).name).toBe('Standard');
    expect(redactedObject({ object: 'customer', name: 'Jenny Rosen' }).name).toBe(REDACTED);
    expect(redactedObject({ object: 'something_new', name: 'Jenny Rosen' }).name).toBe(REDACTED);
    expect(redactedObject({ object: 'invoice', number: 'A-1' }).number).toBe('A-1');
    expect(redactedObject({ object: 'issuing.card', number: '4000' }).number).toBe(REDACTED);
  });

  it('keeps our own metadata and nobody else’s', () => {
    const metadata = {
      payment_id: '08fcdabe-63fc-48de-ad11-6780f43ba183',
      user_id: 'user_1',
      subscription_id: 'Jenny Rosen, Townsend St',
      customer_name: 'Jenny Rosen',
      order_id: '6735',
    };
    expect(redactedObject({ object: 'payment_intent', metadata }).metadata).toEqual({
      payment_id: '08fcdabe-63fc-48de-ad11-6780f43ba183',
      user_id: 'user_1',
    });
  });

  it('keeps the movements of a dispute and none of its evidence', () => {
    const canary = 'canary-7f3a';
    const movement = {
      id: 'txn_1',
      object: 'balance_transaction',
      amount: -1999,
      fee: 1500,
      currency: 'usd',
    };
    const dispute = {
      object: 'dispute',
      id: 'dp_1',
      status: 'won',
      amount: 1999,
      currency: 'usd',
      charge: 'ch_1',
      payment_intent: 'pi_1',
      balance_transactions: [movement, { ...movement, id: 'txn_2', amount: 1999, fee: -1500 }],
    };
    const evidence = { customer_name: canary, uncategorized_text: canary, appeal: { text: canary } };
    expect(redactedObject({ ...dispute, evidence })).toEqual({ ...dispute, evidence: REDACTED });
  });

  it('keeps what a payout is worth and where it stands', () => {
    const payout = { object: 'payout', id: 'po_1', status: 'paid', amount: 1500, currency: 'usd' };
    const bank = { object: 'bank_account', id: 'ba_1', account_holder_name: 'Jenny', last4: '6789' };
    expect(redactedObject({ ...payout, destination: bank })).toEqual({
      ...payout,
      destination: { ...bank, account_holder_name: REDACTED, last4: REDACTED },
    });
  });

  it('is not led astray by keys that objects have anyway', () => {
    const source = JSON.parse(
      '{"constructor":{"prototype":{"x":1}},"toString":2,"object":"constructor","name":"n"}',
    );
    expect(JSON.stringify(redactStripeEvent(source))).toBe(
      '{"constructor":{"prototype":{"x":1}},"toString":2,"object":"constructor","name":"[redacted]"}',
    );
  });
});
