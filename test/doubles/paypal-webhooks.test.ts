import { crc32 } from 'node:zlib';
import { type Driver, judge, type Received, startDriver, webhookId } from './paypal-driver';

const dayMs = 86_400_000;

describe('the webhooks of the PayPal double', () => {
  let paypal: Driver;
  beforeAll(async () => {
    paypal = await startDriver();
  });
  afterAll(() => paypal.close());
  beforeEach(async () => {
    await paypal.double.deliveries.drain();
    await paypal.control('POST', '/reset');
    paypal.hook.got.length = 0;
    paypal.hook.answers.length = 0;
  });

  const verdict = (received: Received, id = webhookId) => judge(received, id, paypal.double.trustRootPem);

  async function payAndDrain(): Promise<void> {
    await paypal.pay({ custom_id: 'hooked' });
    await paypal.double.deliveries.drain();
  }

  function lastReceived(): Received {
    const last = paypal.hook.got.at(-1);
    if (last === undefined) throw new Error('nothing was delivered');
    return last;
  }

  it('signs what it sends, with the shape PayPal gives events', async () => {
    await payAndDrain();
    expect(paypal.hook.types().sort()).toEqual([
      'CHECKOUT.ORDER.APPROVED',
      'CHECKOUT.ORDER.COMPLETED',
      'PAYMENT.CAPTURE.COMPLETED',
    ]);
    for (const received of paypal.hook.got) expect(await verdict(received)).toBe('genuine');
    const captured = paypal.hook.got.find(({ event }) => event.event_type === 'PAYMENT.CAPTURE.COMPLETED');
    expect(captured?.event).toMatchObject({
      id: expect.stringMatching(/^WH-[0-9A-Z]{17}-[0-9A-Z]{17}$/),
      event_version: '1.0',
      resource_version: '2.0',
      resource_type: 'capture',
      summary: 'Payment completed for $ 19.99 USD',
      resource: { custom_id: 'hooked', status: 'COMPLETED', supplementary_data: { related_ids: {} } },
    });
    expect(captured?.headers['paypal-cert-url']).toMatch(
      new RegExp(`^${paypal.double.certOrigin}/v1/notifications/certs/CERT-[A-Za-z0-9-]+$`),
    );
  });

  it('tries 25 times in three days while the receiver fails, then gives up', async () => {
    paypal.hook.answers.push(...Array.from({ length: 100 }, () => 503));
    const { body } = await paypal.createOrder();
    await paypal.approve(body.id);
    for (let quarter = 0; quarter < 16; quarter++) {
      for (let round = 0; round < 7; round++) {
        await paypal.double.deliveries.drain();
        await paypal.control('POST', '/clock', { advanceMs: dayMs / 28 });
      }
    }
    const [delivery] = (await paypal.control('GET', '/deliveries')).body.deliveries;
    expect(delivery).toMatchObject({ state: 'failed' });
    expect(delivery?.attempts).toHaveLength(25);
    const attempts = paypal.hook.got.filter(({ event }) => event.id === delivery?.eventId);
    expect(attempts).toHaveLength(25);
    expect(new Set(attempts.map(({ body: sent }) => sent.toString('utf8'))).size).toBe(1);
    for (const received of attempts.slice(0, 3)) expect(await verdict(received)).toBe('genuine');
  });

  it('drops, doubles and delays by the rules', async () => {
    await paypal.control('PUT', '/deliveries/rules', { copies: 3, types: ['PAYMENT.CAPTURE.*'] });
    await payAndDrain();
    expect(paypal.hook.types().filter((type) => type === 'PAYMENT.CAPTURE.COMPLETED')).toHaveLength(3);
    paypal.hook.got.length = 0;
    await paypal.control('PUT', '/deliveries/rules', { dropProbability: 1 });
    await payAndDrain();
    expect(paypal.hook.got).toHaveLength(0);
  });

  it('lists its events, page by page and by filter, and sends one again', async () => {
    await payAndDrain();
    const list = async (query: string) =>
      (await paypal.call('GET', `/v1/notifications/webhooks-events?${query}`)).body;
    const first = await list('page_size=2');
    expect(first).toMatchObject({ count: 2, events: [{ event_type: 'CHECKOUT.ORDER.COMPLETED' }, {}] });
    const next = new URL(first.links.find(({ rel }) => rel === 'next')?.href ?? '');
    const second = await list(next.search.slice(1));
    expect(second).toMatchObject({ count: 1, events: [{ event_type: 'CHECKOUT.ORDER.APPROVED' }] });
    expect(second.links.some(({ rel }) => rel === 'next')).toBe(false);
    const [captured] = (await list('event_type=PAYMENT.CAPTURE.COMPLETED')).events;
    expect((await list(`transaction_id=${captured?.resource.id}`)).count).toBe(1);
    expect((await list('end_time=2013-03-06T11:00:00Z')).count).toBe(0);
    expect((await paypal.call('GET', '/v1/notifications/webhooks-events?start_time=soon')).status).toBe(400);

    paypal.hook.got.length = 0;
    const resend = (id?: string) =>
      paypal.call('POST', `/v1/notifications/webhooks-events/${id}/resend`, { webhook_ids: [webhookId] });
    expect((await resend(captured?.id)).status).toBe(202);
    await paypal.double.deliveries.drain();
    expect(paypal.hook.got.map(({ event }) => event.id)).toEqual([captured?.id]);
    expect(await verdict(lastReceived())).toBe('genuine');
    expect((await resend('WH-NONE')).status).toBe(404);
  });

  describe('verification by postback', () => {
    const ask = async (received: Received, eventText: string, change: Record<string, string> = {}) => {
      const header = (name: string) => String(received.headers[`paypal-${name}`]);
      const fields = {
        auth_algo: header('auth-algo'),
        cert_url: header('cert-url'),
        transmission_id: header('transmission-id'),
        transmission_sig: header('transmission-sig'),
        transmission_time: header('transmission-time'),
        webhook_id: webhookId,
        ...change,
      };
      const response = await fetch(`${paypal.double.url}/v1/notifications/verify-webhook-signature`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${await token()}` },
        body: `{ "webhook_event" : ${eventText} , ${JSON.stringify(fields).slice(1)}`,
      });
      return ((await response.json()) as { verification_status: string }).verification_status;
    };
    const token = async () => {
      const { fetchToken } = await import('./paypal-driver');
      return fetchToken(paypal.double);
    };

    it('holds for the body as it came, and for nothing else', async () => {
      await payAndDrain();
      const received = lastReceived();
      const text = received.body.toString('utf8');
      expect(await ask(received, text)).toBe('SUCCESS');
      expect(await ask(received, JSON.stringify(JSON.parse(text), null, 1))).toBe('FAILURE');
      expect(await ask(received, text.replace('COMPLETED', 'COMPLETEE'))).toBe('FAILURE');
      expect(await ask(received, text, { webhook_id: '1JE4291016473214C' })).toBe('FAILURE');
      expect(await ask(received, text, { auth_algo: 'SHA1withRSA' })).toBe('FAILURE');
      expect(await ask(received, text, { transmission_sig: 'AAAA' })).toBe('FAILURE');
    });

    it('answers 400 to a request without the fields', async () => {
      const answer = await paypal.call('POST', '/v1/notifications/verify-webhook-signature', {
        webhook_event: {},
      });
      expect(answer.status).toBe(400);
    });
  });

  it.each([
    ['self-signed', 'chain'],
    ['other-ca', 'chain'],
    ['expired', 'expired'],
    ['wrong-name', 'name'],
    ['leaf-signed', 'chain'],
    ['other-webhook-id', 'signature'],
    ['unsigned', 'algorithm'],
    ['sha1-algorithm', 'algorithm'],
    ['foreign-cert-url', 'certificate url'],
    ['replay', 'genuine'],
    ['replay-other-body', 'signature'],
    ['crc32-collision', 'genuine'],
  ])('can forge: %s is judged %s', async (kind, expected) => {
    await payAndDrain();
    const genuine = lastReceived();
    const forged = await paypal.control('POST', '/paypal/forge', { kind });
    expect(forged.body.attempts).toHaveLength(1);
    expect(await verdict(lastReceived())).toBe(expected);
    if (kind === 'crc32-collision') {
      const received = lastReceived();
      expect(received.body.equals(genuine.body)).toBe(false);
      expect(crc32(received.body)).toBe(crc32(genuine.body));
      expect(received.event.resource.purchase_units[0]?.amount.value).toBe('1900.99');
    }
  });

  it('can spoil a signature, alter a body and shift the time', async () => {
    const forge = (rule: Record<string, unknown>) =>
      paypal.control('PUT', '/deliveries/rules', { forge: rule });
    await forge({ badSignature: true });
    await payAndDrain();
    expect(await verdict(lastReceived())).toBe('signature');
    await forge({ alteredBody: true });
    await payAndDrain();
    expect(await verdict(lastReceived())).toBe('signature');
    await forge({ timestampOffsetMs: -5 * dayMs });
    await payAndDrain();
    expect(await verdict(lastReceived())).toBe('genuine');
    const sent = Date.parse(String(lastReceived().headers['paypal-transmission-time']));
    expect(Date.now() - sent).toBeGreaterThan(4.9 * dayMs);
  });

  it('registers and removes webhooks', async () => {
    const url = `${paypal.hook.url}/second`;
    const made = await paypal.call('POST', '/v1/notifications/webhooks', {
      url,
      event_types: [{ name: 'CHECKOUT.ORDER.APPROVED' }],
    });
    expect(made).toMatchObject({ status: 201, body: { id: expect.stringMatching(/^[0-9A-Z]{17}$/) } });
    const { body } = await paypal.createOrder();
    await paypal.approve(body.id);
    await paypal.double.deliveries.drain();
    expect(paypal.hook.got).toHaveLength(2);
    const verdicts = await Promise.all(paypal.hook.got.map((received) => verdict(received, made.body.id)));
    expect(verdicts.sort()).toEqual(['genuine', 'signature']);
    expect((await paypal.call('DELETE', `/v1/notifications/webhooks/${made.body.id}`)).status).toBe(204);
    const listed = await paypal.call('GET', '/v1/notifications/webhooks');
    expect(listed.body.webhooks.map(({ id }) => id)).toEqual([webhookId]);
  });
});
