import * as fc from 'fast-check';
import { isAppError } from '#shared/errors/app-error';
import { parsePayPalEvent } from '#shared/provider-events/parse-paypal-event';
import { parseStripeEvent } from '#shared/provider-events/parse-stripe-event';
import { readJsonObject } from '#shared/provider-events/read-json-object';
import { fixturesOf } from '../support/webhook-service';

const expected = { mode: 'test', account: null } as const;
const parseStripe = (body: Uint8Array) => parseStripeEvent(body, expected);
const parsePayPal = (body: Uint8Array) => parsePayPalEvent(body, 'transmission-1');

/** Events that are right in most parts, with anything in the others. */
const anything = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(null, '', 'evt_1', 'WH-1', 'PAYMENT.X', 'a.b', false, {}, []),
);
const almostStripe = fc.record(
  {
    id: fc.oneof(fc.constant('evt_1'), anything),
    object: fc.oneof(fc.constant('event'), anything),
    type: fc.oneof(fc.constant('charge.succeeded'), anything),
    livemode: fc.oneof(fc.constant(false), anything),
    data: fc.oneof(
      fc.record({ object: fc.dictionary(fc.string(), anything), previous_attributes: anything }),
      anything,
    ),
    account: anything,
  },
  { requiredKeys: [] },
);
const almostPayPal = fc.record(
  {
    id: fc.oneof(fc.constant('WH-1'), anything),
    event_type: fc.oneof(fc.constant('PAYMENT.CAPTURE.COMPLETED'), anything),
    resource_type: anything,
    resource: fc.oneof(
      fc.dictionary(fc.constantFrom('id', 'x_id', 'links', 'a', '__proto__', 'constructor'), anything),
      anything,
    ),
  },
  { requiredKeys: [] },
);
const bytesOf = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));

/** Either an event or a refusal with a code of ours: whatever was signed must never be a 5xx. */
const isOrderly = (parse: (body: Uint8Array) => unknown, body: Uint8Array): boolean => {
  try {
    parse(body);
    return true;
  } catch (error) {
    return isAppError(error, 'webhook_body_invalid') || isAppError(error, 'webhook_wrong_mode');
  }
};

describe('whatever was signed', () => {
  it('is an event or is refused in order', () => {
    const bodies = fc.oneof(
      almostStripe.map(bytesOf),
      almostPayPal.map(bytesOf),
      fc.json().map(Buffer.from),
      fc.uint8Array(),
    );
    fc.assert(
      fc.property(bodies, (body) => isOrderly(parseStripe, body) && isOrderly(parsePayPal, body)),
      { numRuns: 3_000 },
    );
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it('leaves nothing of a PayPal event but ids, types and versions', () => {
    const figures = fc.dictionary(
      fc.constantFrom('amount', 'value', 'status', 'total', 'note', 'email_address'),
      fc.oneof(fc.integer(), fc.constantFrom('COMPLETED', '9.99', { value: '9.99' })),
    );
    fc.assert(
      fc.property(figures, (resource) => {
        const { body } = parsePayPal(
          bytesOf({
            id: 'WH-1',
            event_type: 'X',
            resource: { ...resource, id: 'A1', payer: { id: 'P', payer_id: 'P' } },
          }),
        );
        expect(body).not.toMatch(/amount"|value"|status"|total"|note"|email_address"|payer/);
      }),
    );
  });
});

describe('the body that goes on', () => {
  it.each(fixturesOf('stripe'))('is an event again: stripe $name', ({ bytes }) => {
    const first = parseStripe(bytes);
    expect(parseStripe(Buffer.from(first.body))).toEqual(first);
  });

  it.each(fixturesOf('paypal'))('is an event again: paypal $name', ({ bytes }) => {
    const first = parsePayPal(bytes);
    expect(parsePayPal(Buffer.from(first.body))).toEqual(first);
  });
});

describe('reading JSON', () => {
  it('takes the last of two equal keys, as everybody after us will', () => {
    expect(readJsonObject(Buffer.from('{"a":1,"a":2}'))).toEqual({ a: 2 });
  });

  it('keeps what is legal however odd: CRLF, NUL escapes, lone surrogates, other alphabets', () => {
    const text = '{\r\n"a":"\\u0000\\ud800 żółć 💸"}';
    expect(readJsonObject(Buffer.from(text))).toEqual(JSON.parse(text));
  });

  it('refuses 100,000 levels and 250,000 characters of rubbish within 50 ms', () => {
    for (const text of ['['.repeat(250_000), `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`]) {
      const tries = Array.from({ length: 5 }, () => {
        const started = performance.now();
        expect(() => readJsonObject(Buffer.from(text))).toThrow();
        return performance.now() - started;
      });
      // The quickest, since neighbours may hold the processor during any of them.
      expect(Math.min(...tries)).toBeLessThan(50);
    }
  });
});

it('fixtures are shaped as recorded: version, unique ids, no livemode', () => {
  const events = fixturesOf('stripe').map(({ bytes }) => JSON.parse(bytes.toString()));
  expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
  for (const event of events) {
    expect(event).toMatchObject({ object: 'event', api_version: '2026-10-28.endive', livemode: false });
  }
});
