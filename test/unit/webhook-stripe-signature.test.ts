import { createHmac } from 'node:crypto';
import * as fc from 'fast-check';
import Stripe from 'stripe';
import { isAppError } from '#shared/errors/app-error';
import type { Delivery } from '../../services/webhook/domain/delivery';
import { stripeSignatureVerifier } from '../../services/webhook/providers/stripe-signature';
import { STRIPE_TEST_SECRET as SECRET, signStripe, stripeV1 } from '../support/stripe-signature';

const AT = 1_795_348_800;
const verify = stripeSignatureVerifier([SECRET]);

const verdict = async (header: string, body: Uint8Array, receivedAt = AT * 1000): Promise<string> => {
  const delivery: Delivery = { headers: { 'stripe-signature': [header] }, body, receivedAt };
  try {
    await verify(delivery);
    return 'accepted';
  } catch (error) {
    return isAppError(error) ? error.code : `threw ${String(error)}`;
  }
};

/** The rule in one breath, on bytes: an independent reference. */
const reference = (header: string, body: Uint8Array): boolean => {
  const parts = header.split(',').map((part) => {
    const at = part.indexOf('=');
    return at < 0 ? ['', part] : [part.slice(0, at), part.slice(at + 1)];
  });
  const times = parts.filter(([scheme]) => scheme === 't').map(([, value]) => String(value));
  const [time] = times;
  if (time === undefined || times.length !== 1 || !/^[1-9]\d{0,11}$/.test(time)) return false;
  if (Math.abs(Number(time) - AT) > 300) return false;
  const mac = createHmac('sha256', SECRET)
    .update(Buffer.concat([Buffer.from(`${time}.`), body]))
    .digest('hex');
  return parts.some(([scheme, value]) => scheme === 'v1' && value === mac);
};

/** Bytes of every kind: text, broken UTF-8, byte order marks, NUL, CRLF. */
const bodies = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc.json().map((text) => Buffer.from(text)),
  fc.string({ unit: 'binary' }).map((text) => Buffer.from(`\ufeff\r\n\0${text}`)),
);

describe('the Stripe signature', () => {
  it('verifies whatever bytes were signed', async () => {
    await fc.assert(
      fc.asyncProperty(bodies, fc.integer({ min: AT - 300, max: AT + 300 }), async (body, at) => {
        expect(await verdict(signStripe(body, { at }), body)).toBe('accepted');
      }),
    );
  });

  it('never verifies after one byte of the body has changed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 1, maxLength: 300 }),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        async (body, place, flip) => {
          const changed = Uint8Array.from(body);
          const at = place % body.length;
          changed[at] = (body[at] ?? 0) ^ flip;
          expect(await verdict(signStripe(body, { at: AT }), changed)).toBe('webhook_signature_invalid');
        },
      ),
    );
  });

  it('gives the verdict of the byte-level reference for every mutation of a header', async () => {
    const alphabet = fc.constantFrom(...'tv10=, abcdefABCDEF23456789-\t');
    await fc.assert(
      fc.asyncProperty(
        bodies,
        fc.array(
          fc.record({
            place: fc.nat(),
            drop: fc.nat({ max: 3 }),
            add: fc.string({ unit: alphabet, maxLength: 3 }),
          }),
          {
            maxLength: 2,
          },
        ),
        async (body, mutations) => {
          let header = signStripe(body, { at: AT });
          for (const { place, drop, add } of mutations) {
            const at = place % (header.length + 1);
            header = header.slice(0, at) + add + header.slice(at + drop);
          }
          expect((await verdict(header, body)) === 'accepted').toBe(reference(header, body));
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('never throws anything but its own errors, whatever the header', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', minLength: 1 }), bodies, async (header, body) => {
        expect(await verdict(header, body)).toMatch(/^webhook_/);
      }),
    );
  });

  it('agrees with the official library on ordinary input', async () => {
    const stripe = new Stripe('sk_test_123');
    await fc.assert(
      fc.asyncProperty(fc.json(), fc.boolean(), async (payload, genuine) => {
        const header = stripe.webhooks.generateTestHeaderString({
          payload,
          secret: genuine ? SECRET : 'whsec_other',
          timestamp: AT,
        });
        expect((await verdict(header, Buffer.from(payload))) === 'accepted').toBe(genuine);
      }),
      { numRuns: 50 },
    );
  });

  it('is compared with every v1 and every secret', async () => {
    const body = Buffer.from('{}');
    const both = stripeSignatureVerifier(['whsec_a', 'whsec_b']);
    const wrong = stripeV1(body, 'whsec_x', AT);
    for (const secret of ['whsec_a', 'whsec_b']) {
      const right = stripeV1(body, secret, AT);
      for (const header of [`t=${AT},v1=${wrong},v1=${right}`, `t=${AT},v1=${right},v1=${wrong}`]) {
        const delivery = { headers: { 'stripe-signature': [header] }, body, receivedAt: AT * 1000 };
        await expect(both(delivery)).resolves.toBeUndefined();
      }
    }
  });

  it('is not computed for a request that is out of time or has no signature', async () => {
    expect(await verdict(`t=${AT - 301},v1=${'0'.repeat(64)}`, Buffer.from('{}'))).toBe(
      'webhook_timestamp_out_of_tolerance',
    );
    expect(await verdict(`t=${AT}`, Buffer.from('{}'))).toBe('webhook_signature_invalid');
  });
});
