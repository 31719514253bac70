import { standardSignatureVerifier } from '../../services/webhook/providers/standard-signature';

// From the tests of the reference library (github.com/standard-webhooks/standard-webhooks, javascript).
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const ID = 'msg_p5jXN8AQM9LWM0D4loKWxJek';
const SENT_AT = 1614265330;
const BODY = '{"test": 2432232314}';
const SIGNATURE = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=';
const OTHER = `v1,${Buffer.alloc(32).toString('base64')}`;

const good = { 'webhook-id': [ID], 'webhook-timestamp': [String(SENT_AT)], 'webhook-signature': [SIGNATURE] };

interface Attempt {
  readonly secrets?: readonly string[];
  readonly headers?: Readonly<Record<string, readonly string[] | undefined>>;
  readonly body?: string;
  /** Seconds after it was signed. */
  readonly late?: number;
}

const verify = ({ secrets = [SECRET], headers = {}, body = BODY, late = 0 }: Attempt = {}) =>
  standardSignatureVerifier(secrets)({
    headers: { ...good, ...headers },
    body: Buffer.from(body),
    receivedAt: (SENT_AT + late) * 1000,
  });

it('takes the signature of the reference library', async () => {
  await expect(verify()).resolves.toBeUndefined();
});

it.each<[string, Attempt]>([
  [
    'one of several signatures',
    { headers: { 'webhook-signature': [`${OTHER} v1a,asymmetric ${SIGNATURE}`] } },
  ],
  ['one of several secrets', { secrets: [`whsec_${'A'.repeat(32)}`, SECRET] }],
  ['300 seconds late', { late: 300 }],
  ['300 seconds early', { late: -300 }],
])('takes %s', async (_, attempt) => {
  await expect(verify(attempt)).resolves.toBeUndefined();
});

const invalid = 'webhook_signature_invalid';

it.each<[string, Attempt, string]>([
  ['another body', { body: BODY.replace('3', '4') }, invalid],
  ['another id', { headers: { 'webhook-id': ['msg_1'] } }, invalid],
  ['another time', { headers: { 'webhook-timestamp': [String(SENT_AT + 1)] } }, invalid],
  ['another secret', { secrets: [`whsec_${'A'.repeat(32)}`] }, invalid],
  ['no signature that is one', { headers: { 'webhook-signature': ['v1,', 'v1'] } }, invalid],
  [
    'a signature of another version',
    { headers: { 'webhook-signature': [SIGNATURE.replace('v1', 'v2')] } },
    invalid,
  ],
  ['a signature cut short', { headers: { 'webhook-signature': [SIGNATURE.slice(0, -3)] } }, invalid],
  ['two ids', { headers: { 'webhook-id': [ID, ID] } }, invalid],
  ['no id', { headers: { 'webhook-id': undefined } }, invalid],
  ['no time', { headers: { 'webhook-timestamp': undefined } }, invalid],
  ['a time that is none', { headers: { 'webhook-timestamp': ['1e9'] } }, invalid],
  ['what was signed 301 seconds ago', { late: 301 }, 'webhook_timestamp_out_of_tolerance'],
  ['what is signed 301 seconds ahead', { late: -301 }, 'webhook_timestamp_out_of_tolerance'],
])('refuses %s', async (_, attempt, code) => {
  await expect(verify(attempt)).rejects.toMatchObject({ code });
});
