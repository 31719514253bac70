import { AppError } from '#shared/errors/app-error';
import type { Delivery } from '../../services/webhook/domain/delivery';
import type { SignatureVerifier } from '../../services/webhook/ports';
import { fetchPem } from '../../services/webhook/providers/fetch-pem';
import { cachedSigningKeys } from '../../services/webhook/providers/paypal-certificates';
import { readPemCertificates } from '../../services/webhook/providers/paypal-chain';
import { payPalSignatureVerifier } from '../../services/webhook/providers/paypal-signature';
import { type Driver, type Received, startDriver, webhookId } from './paypal-driver';

/** The double's signatures against the verifier of the webhook service: the two must agree on every case. */
describe('what the webhook service makes of the PayPal double', () => {
  let paypal: Driver;
  let verify: SignatureVerifier;
  beforeAll(async () => {
    paypal = await startDriver();
    const { trustRootPem, certOrigin } = paypal.double;
    const signingKeys = cachedSigningKeys({
      fetchPem,
      trustRoots: () => readPemCertificates(trustRootPem),
      now: Date.now,
    });
    verify = payPalSignatureVerifier({ webhookIds: [webhookId], certOrigins: [certOrigin], signingKeys });
    await paypal.pay();
    await paypal.double.deliveries.drain();
  });
  afterAll(() => paypal.close());

  const toDelivery = ({ headers, body }: Received): Delivery => ({
    body,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value ?? ''].flat()])),
    receivedAt: Date.now(),
  });

  const codeOf = (received: Received) =>
    verify(toDelivery(received)).then(
      () => 'believed',
      (error: unknown) => (error instanceof AppError ? error.code : String(error)),
    );

  it('believes every genuine delivery', async () => {
    expect(paypal.hook.got).toHaveLength(3);
    for (const received of paypal.hook.got) expect(await codeOf(received)).toBe('believed');
  });

  it.each([
    'self-signed',
    'other-ca',
    'expired',
    'wrong-name',
    'leaf-signed',
    'other-webhook-id',
    'unsigned',
    'sha1-algorithm',
    'foreign-cert-url',
    'replay-other-body',
  ])('refuses %s', async (kind) => {
    await paypal.control('POST', '/paypal/forge', { kind });
    const received = paypal.hook.got.at(-1);
    expect(received && (await codeOf(received))).toBe('webhook_signature_invalid');
  });

  it('cannot tell a colliding body from the genuine one, which is why it takes no amount from it', async () => {
    await paypal.control('POST', '/paypal/forge', { kind: 'crc32-collision' });
    const received = paypal.hook.got.at(-1);
    expect(received && (await codeOf(received))).toBe('believed');
  });
});
