import { randomUUID } from 'node:crypto';
import { AppError } from '#shared/errors/app-error';
import { CHANGE_TEST_SECRET, changeBody, signChange } from '../support/change-webhook';
import { makeTestWebhook, webhookRequest } from '../support/webhook-service';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const SECONDS = NOW / 1000;
const ID = randomUUID();

const webhookOf = (env: Readonly<Record<string, string>> = {}) => makeTestWebhook(env, () => NOW);
const posted = (body: string, at = SECONDS, secret = CHANGE_TEST_SECRET) =>
  webhookRequest('supabase', body, signChange(ID, body, { at, secret }));

it('puts the id of a signed change on the queue of changes, and nothing else', async () => {
  const webhook = webhookOf();
  const { status, body } = await webhook.post(posted(changeBody(ID)));
  expect({ status, body }).toEqual({ status: 200, body: { success: true } });
  expect(webhook.changes).toEqual([{ version: 1, id: ID }]);
  expect(webhook.messages).toEqual([]);
});

it('knows several secrets while one is rolled', async () => {
  const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
  const webhook = webhookOf({ CHANGE_WEBHOOK_SECRETS: `${secret}, ${CHANGE_TEST_SECRET}` });
  for (const used of [secret, CHANGE_TEST_SECRET])
    expect(await webhook.post(posted(changeBody(ID), SECONDS, used))).toMatchObject({ status: 200 });
  expect(webhook.changes).toHaveLength(2);
});

const unsigned = webhookRequest('supabase', changeBody(ID), {});
const altered = { ...posted(changeBody(ID)), body: changeBody(randomUUID()) };

it.each([
  ['unsigned', unsigned, 'webhook_signature_invalid'],
  ['altered', altered, 'webhook_signature_invalid'],
  ['old', posted(changeBody(ID), SECONDS - 301), 'webhook_timestamp_out_of_tolerance'],
  ['without an id', posted('{"type":"change.recorded","data":{}}'), 'webhook_body_invalid'],
  ['with another id', posted(changeBody('1; drop table x')), 'webhook_body_invalid'],
  ['of another type', posted(changeBody(ID).replace('recorded', 'undone')), 'webhook_body_invalid'],
  ['no JSON', posted('change'), 'webhook_body_invalid'],
  ['too large', posted(`${changeBody(ID)}${' '.repeat(4_096)}`), 'payload_too_large'],
])('refuses what is %s', async (_, request, code) => {
  const webhook = webhookOf();
  const answer = await webhook.post(request);
  expect(answer).toMatchObject({ code });
  expect(answer.status).toBeLessThan(500);
  expect(webhook.changes).toEqual([]);
});

it('takes nobody for the database where it has no secret', async () => {
  const webhook = webhookOf({ CHANGE_WEBHOOK_SECRETS: '' });
  expect(await webhook.post(posted(changeBody(ID)))).toMatchObject({ code: 'provider_not_configured' });
});

it('answers 5xx while the queue is away', async () => {
  const webhook = webhookOf();
  webhook.failQueueWith = new AppError('queue_unavailable');
  expect(await webhook.post(posted(changeBody(ID)))).toMatchObject({ status: 503 });
});
