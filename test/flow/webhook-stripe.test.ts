import { createHash } from 'node:crypto';
import { AppError } from '#shared/errors/app-error';
import { signStripe, stripeV1 } from '../support/stripe-signature';
import { fixture, fixturesOf, makeTestWebhook, webhookRequest } from '../support/webhook-service';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const SECONDS = NOW / 1000;
const now = () => NOW;
const HEADER = 'Stripe-Signature';

const signed = (body: Buffer | string, at = SECONDS, secret?: string) => ({
  [HEADER]: signStripe(body, { at, ...(secret === undefined ? {} : { secret }) }),
});

const event = (change: Record<string, unknown> = {}): string =>
  JSON.stringify({
    id: 'evt_1',
    object: 'event',
    type: 'payment_intent.succeeded',
    livemode: false,
    data: { object: { id: 'pi_1', object: 'payment_intent', amount: 1999 } },
    ...change,
  });

describe('a genuine Stripe event', () => {
  const fixtures = fixturesOf('stripe');

  it('has at least sixty recorded shapes', () => {
    expect(fixtures.length).toBeGreaterThanOrEqual(60);
  });

  it.each(fixtures)('$name becomes one message', async ({ bytes }) => {
    const webhook = makeTestWebhook({}, now);
    const { status, body } = await webhook.post(webhookRequest('stripe', bytes, signed(bytes)));
    const sent = JSON.parse(bytes.toString());
    expect({ status, body }).toEqual({ status: 200, body: { success: true } });
    expect(webhook.messages).toEqual([
      {
        version: 1,
        provider: 'stripe',
        eventId: sent.id,
        eventType: sent.type,
        mode: 'test',
        account: null,
        receivedAt: new Date(NOW).toISOString(),
        sha256: createHash('sha256').update(bytes).digest('hex'),
        transmissionId: null,
        body: expect.any(String),
      },
    ]);
    const { object } = JSON.parse(webhook.messages[0]?.body ?? '').data;
    expect(object.id).toBe(sent.data.object.id);
    expect(object.status).toBe(sent.data.object.status);
  });

  it('is accepted on the path with a trailing slash, and base64-encoded', async () => {
    const webhook = makeTestWebhook({}, now);
    const bytes = fixture('stripe', 'charge_succeeded');
    const plain = await webhook.post(webhookRequest('stripe', bytes, signed(bytes), { slash: true }));
    const encoded = await webhook.post(webhookRequest('stripe', bytes, signed(bytes), { base64: true }));
    expect([plain.status, encoded.status, webhook.messages.length]).toEqual([200, 200, 2]);
    expect(webhook.messages[0]?.sha256).toBe(webhook.messages[1]?.sha256);
  });

  it('is accepted whatever the case of the header name', async () => {
    const webhook = makeTestWebhook({}, now);
    const value = signed(event())[HEADER] ?? '';
    for (const name of ['stripe-signature', 'STRIPE-SIGNATURE', 'sTRIPE-sIGNATURE']) {
      expect((await webhook.post(webhookRequest('stripe', event(), { [name]: value }))).status).toBe(200);
    }
  });

  it('is accepted with our signature second, and with any secret of the list', async () => {
    const webhook = makeTestWebhook({ STRIPE_WEBHOOK_SECRETS: 'whsec_old_1, whsec_new_2' }, now);
    const body = event();
    const other = stripeV1(body, 'whsec_other', SECONDS);
    for (const secret of ['whsec_old_1', 'whsec_new_2']) {
      const header = `t=${SECONDS},v1=${other},v1=${stripeV1(body, secret, SECONDS)},v0=${other}`;
      expect((await webhook.post(webhookRequest('stripe', body, { [HEADER]: header }))).status).toBe(200);
    }
    const retired = await webhook.post(
      webhookRequest('stripe', body, signed(body, SECONDS, 'whsec_retired')),
    );
    expect(retired.code).toBe('webhook_signature_invalid');
    expect(webhook.messages).toHaveLength(2);
  });

  it('is accepted up to 300 s either way', async () => {
    const webhook = makeTestWebhook({}, now);
    for (const at of [SECONDS - 300, SECONDS + 300]) {
      expect((await webhook.post(webhookRequest('stripe', event(), signed(event(), at)))).status).toBe(200);
    }
  });

  it('of an unknown type goes through', async () => {
    const webhook = makeTestWebhook({}, now);
    const body = event({ type: 'climate.order.delivered' });
    expect((await webhook.post(webhookRequest('stripe', body, signed(body)))).status).toBe(200);
    expect(webhook.messages[0]?.eventType).toBe('climate.order.delivered');
  });

  it('is answered 503, for Stripe to try again, when the queue fails', async () => {
    const webhook = makeTestWebhook({}, now);
    webhook.failQueueWith = new AppError('queue_unavailable');
    const refused = await webhook.post(webhookRequest('stripe', event(), signed(event())));
    expect([refused.status, refused.code]).toEqual([503, 'queue_unavailable']);
  });
});

describe('what is refused, and leaves no message', () => {
  const v1 = (body: string | Buffer = event()) => stripeV1(body, 'whsec_test_k2J8v0pQ4nYb6sTz', SECONDS);
  const good = event();
  const headerCases: [string, string | readonly string[], string][] = [
    ['a wrong signature', `t=${SECONDS},v1=${'0'.repeat(64)}`, 'webhook_signature_invalid'],
    ['v0 only', `t=${SECONDS},v0=${v1()}`, 'webhook_signature_invalid'],
    ['upper-case hex', `t=${SECONDS},v1=${v1().toUpperCase()}`, 'webhook_signature_invalid'],
    ['a space after the comma', `t=${SECONDS}, v1=${v1()}`, 'webhook_signature_invalid'],
    ['no t', `v1=${v1()}`, 'webhook_signature_invalid'],
    ['two t', `t=${SECONDS},t=${SECONDS},v1=${v1()}`, 'webhook_signature_invalid'],
    [
      'a t that is no number',
      `t=abc,v1=${stripeV1(good, 'whsec_test_k2J8v0pQ4nYb6sTz', 'NaN')}`,
      'webhook_signature_invalid',
    ],
    ['a truncated signature', `t=${SECONDS},v1=${v1().slice(0, 62)}`, 'webhook_signature_invalid'],
    ['an empty header', '', 'webhook_signature_invalid'],
    ['prototype words', `__proto__=${SECONDS},constructor=${v1()}`, 'webhook_signature_invalid'],
    ['two headers', [`t=${SECONDS},v1=${v1()}`, `t=${SECONDS},v1=${v1()}`], 'webhook_signature_invalid'],
    ['two headers joined', `t=${SECONDS},v1=${v1()},t=${SECONDS},v1=${v1()}`, 'webhook_signature_invalid'],
    ['301 s old', signStripe(good, { at: SECONDS - 301 }), 'webhook_timestamp_out_of_tolerance'],
    ['301 s ahead', signStripe(good, { at: SECONDS + 301 }), 'webhook_timestamp_out_of_tolerance'],
    [
      'ten years ahead',
      signStripe(good, { at: SECONDS + 315_360_000 }),
      'webhook_timestamp_out_of_tolerance',
    ],
  ];

  it.each(headerCases)('header: %s', async (_, header, code) => {
    const webhook = makeTestWebhook({}, now);
    const refused = await webhook.post(webhookRequest('stripe', good, { [HEADER]: header }));
    expect([refused.status, refused.code]).toEqual([400, code]);
    expect(webhook.messages).toEqual([]);
  });

  it('no header at all, and null header maps', async () => {
    const webhook = makeTestWebhook({}, now);
    const bare = { ...webhookRequest('stripe', good, {}), headers: null, multiValueHeaders: null };
    const refused = await webhook.post(bare as never);
    expect([refused.status, refused.code]).toEqual([400, 'webhook_signature_invalid']);
  });

  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  const bodyCases: [string, Buffer | string, string][] = [
    ['live mode on a test stage', event({ livemode: true }), 'webhook_wrong_mode'],
    ['another account', event({ account: 'acct_1Other' }), 'webhook_wrong_mode'],
    ['another context', event({ context: 'acct_1Other' }), 'webhook_wrong_mode'],
    ['no mode', event({ livemode: undefined }), 'webhook_body_invalid'],
    ['a mode that is text', event({ livemode: 'false' }), 'webhook_body_invalid'],
    ['broken JSON', '{"id":"evt_1"', 'webhook_body_invalid'],
    ['an empty body', '', 'webhook_body_invalid'],
    ['an array', `[${event()}]`, 'webhook_body_invalid'],
    ['null', 'null', 'webhook_body_invalid'],
    [
      'a byte order mark',
      Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(event())]),
      'webhook_body_invalid',
    ],
    ['UTF-16', Buffer.from(event(), 'utf16le'), 'webhook_body_invalid'],
    ['invalid UTF-8', Buffer.from(event({ id: 'evt_1\u00ff' }), 'latin1'), 'webhook_body_invalid'],
    [
      'a __proto__ key',
      event().replace('"pi_1"', '"pi_1","__proto__":{"paid":true}'),
      'webhook_body_invalid',
    ],
    ['an infinite number', event().replace('1999', '1e999'), 'webhook_body_invalid'],
    ['a number beyond 2^53', event().replace('1999', '9007199254740993'), 'webhook_body_invalid'],
    ['an id of another kind', event({ id: 'pi_1' }), 'webhook_body_invalid'],
    ['no id', event({ id: undefined }), 'webhook_body_invalid'],
    ['a type that is no type', event({ type: '<script>' }), 'webhook_body_invalid'],
    ['no object', event({ data: {} }), 'webhook_body_invalid'],
    ['no data', event({ data: undefined }), 'webhook_body_invalid'],
    ['a thin event', event({ object: 'v2.core.event' }), 'webhook_body_invalid'],
    [
      'deep nesting',
      event({ data: { object: { deep: 0 } } }).replace(':0', `:${deep}`),
      'webhook_body_invalid',
    ],
  ];

  it.each(bodyCases)('well signed, but with %s', async (_, body, code) => {
    const webhook = makeTestWebhook({}, now);
    const bytes = Buffer.from(body);
    const refused = await webhook.post(webhookRequest('stripe', bytes, signed(bytes), { base64: true }));
    expect([refused.status, refused.code]).toEqual([400, code]);
    expect(webhook.messages).toEqual([]);
    expect(({} as Record<string, unknown>).paid).toBeUndefined();
  });

  it('test mode on a live stage', async () => {
    const webhook = makeTestWebhook({ PROVIDER_MODE: 'live' }, now);
    const refused = await webhook.post(webhookRequest('stripe', event(), signed(event())));
    expect([refused.status, refused.code]).toEqual([400, 'webhook_wrong_mode']);
    const live = event({ livemode: true });
    expect((await webhook.post(webhookRequest('stripe', live, signed(live)))).status).toBe(200);
    expect(webhook.messages.map(({ mode }) => mode)).toEqual(['live']);
  });

  it('our own events where a connected account is expected', async () => {
    const webhook = makeTestWebhook({ STRIPE_ACCOUNT: 'acct_1Ours' }, now);
    expect((await webhook.post(webhookRequest('stripe', event(), signed(event())))).code).toBe(
      'webhook_wrong_mode',
    );
    const connected = event({ account: 'acct_1Ours' });
    expect((await webhook.post(webhookRequest('stripe', connected, signed(connected)))).status).toBe(200);
    expect(webhook.messages.map(({ account }) => account)).toEqual(['acct_1Ours']);
  });

  it('bytes that differ from the signed ones by the base64 flag alone', async () => {
    const webhook = makeTestWebhook({}, now);
    const text = event();
    const asIs = { ...webhookRequest('stripe', text, signed(text)), isBase64Encoded: true };
    const encoded = {
      ...webhookRequest('stripe', text, signed(text), { base64: true }),
      isBase64Encoded: false,
    };
    expect((await webhook.post(asIs)).code).toBe('webhook_signature_invalid');
    expect((await webhook.post(encoded)).code).toBe('webhook_signature_invalid');
    expect(webhook.messages).toEqual([]);
  });

  it('a body over 256 KB, before anything looks at it', async () => {
    const webhook = makeTestWebhook({}, now);
    const big = event({ data: { object: { filler: 'x'.repeat(262_144) } } });
    const refused = await webhook.post(webhookRequest('stripe', big, signed(big)));
    expect([refused.status, refused.code]).toEqual([413, 'payload_too_large']);
    expect(webhook.messages).toEqual([]);
  });
});
