import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { providerEventSchema } from '#shared/messages/provider-event';
import { bundleFunction } from '../../lib/bundle-function';
import { type AwsStub, startAwsStub } from '../support/aws-stub';
import {
  makeTestChain,
  PAYPAL_TEST_WEBHOOK_ID,
  signPayPal,
  startCertServer,
} from '../support/paypal-signature';
import { STRIPE_TEST_SECRET, signStripe } from '../support/stripe-signature';
import { fixture, webhookRequest } from '../support/webhook-service';

/** The function as it is deployed: one file, in a process of its own, configured by secrets, sending over a socket. */
const root = join(__dirname, '../..');
let folder: string;
let maps: string;
let aws: AwsStub;

/** Loads the bundle as Lambda does, handles the events it is given one after the other, and tells what was loaded. */
const RUNNER = `
const { handler } = require('./index.js');
(async () => {
  const answers = [];
  for (const event of JSON.parse(require('node:fs').readFileSync(process.argv[2], 'utf8'))) answers.push(await handler(event, {}));
  console.error(JSON.stringify({ answers, undici: process.moduleLoadList.filter((name) => name.includes('undici')) }));
})();
`;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tandem-webhook-'));
  maps = mkdtempSync(join(tmpdir(), 'tandem-webhook-maps-'));
  bundleFunction({ entry: join(root, 'services/webhook/api.ts'), outDir: folder, sdks: [], mapDir: maps });
  writeFileSync(join(folder, 'run.js'), RUNNER);
  aws = await startAwsStub();
});

afterAll(async () => {
  await aws.close();
  rmSync(folder, { recursive: true });
  rmSync(maps, { recursive: true });
});

const run = async (
  secrets: Record<string, string>,
  events: readonly unknown[],
): Promise<{ answers: { statusCode: number }[]; undici: string[]; stdout: string }> => {
  aws.requests.length = 0;
  aws.answers.push({ body: { SecretString: JSON.stringify(secrets) } });
  const file = join(folder, 'events.json');
  writeFileSync(file, JSON.stringify(events));
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['run.js', file], {
    cwd: folder,
    env: {
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_ENDPOINT_URL_SQS: aws.url,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: aws.url,
      SECRET_ARNS: 'arn:aws:secretsmanager:eu-central-1:1:secret:webhook-AbCdEf',
      EVENT_QUEUE_URL: `${aws.url}/1/events`,
      CHANGE_QUEUE_URL: `${aws.url}/1/changes`,
      PROVIDER_MODE: 'test',
    },
  });
  return { ...JSON.parse(stderr), stdout };
};

const sentMessages = () =>
  aws.requests
    .filter(({ headers }) => headers['x-amz-target'] === 'AmazonSQS.SendMessage')
    .map(({ body }) => providerEventSchema.parse(JSON.parse(JSON.parse(body).MessageBody)));

it('accepts a Stripe and a PayPal event without ever loading undici', async () => {
  const chain = await makeTestChain();
  const certs = await startCertServer();
  certs.answers.set('CERT-1', chain.served);
  const charge = fixture('stripe', 'charge_succeeded');
  const capture = fixture('paypal', 'payment_capture_completed');
  const time = new Date().toISOString();
  const { answers, undici, stdout } = await run(
    {
      STRIPE_WEBHOOK_SECRETS: STRIPE_TEST_SECRET,
      PAYPAL_WEBHOOK_ID: PAYPAL_TEST_WEBHOOK_ID,
      PAYPAL_CERT_ORIGINS: certs.origin,
      PAYPAL_TRUST_ROOTS: chain.root.pem,
    },
    [
      webhookRequest('stripe', charge, {
        'Stripe-Signature': signStripe(charge, { at: Math.floor(Date.now() / 1000) }),
      }),
      webhookRequest(
        'paypal',
        capture,
        signPayPal(capture, { key: chain.leaf.key, certUrl: certs.urlOf('CERT-1'), time }),
      ),
      webhookRequest('stripe', charge, {}),
    ],
  );
  await certs.close();
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 400]);
  expect(undici).toEqual([]);
  expect(sentMessages().map(({ provider }) => provider)).toEqual(['stripe', 'paypal']);
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.map(({ message }) => message)).toEqual([
    'event accepted',
    'request',
    'event accepted',
    'request',
    'request',
  ]);
}, 30_000);

it('says which configuration is missing, in the log and not in the answer', async () => {
  const { answers, stdout } = await run({ STRIPE_WEBHOOK_SECRETS: 'canary', PAYPAL_WEBHOOK_ID: 'canary!' }, [
    webhookRequest('stripe', '{}', {}),
  ]);
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([500]);
  expect(stdout).toContain('STRIPE_WEBHOOK_SECRETS (not valid), PAYPAL_WEBHOOK_ID (not valid)');
  expect(stdout + JSON.stringify(answers)).not.toContain('canary');
  expect(JSON.stringify(answers)).not.toContain('PAYPAL_WEBHOOK_ID');
}, 30_000);

it('is one small file without any SDK', () => {
  const { sources } = JSON.parse(readFileSync(join(maps, 'index.js.map'), 'utf8')) as { sources: string[] };
  expect(
    sources.filter((file) =>
      /node_modules\/(?:@aws-sdk|@smithy|stripe|@paypal|@supabase|pg|undici)\//.test(file),
    ),
  ).toEqual([]);
  expect(gzipSync(readFileSync(join(folder, 'index.js')), { level: 9 }).length).toBeLessThanOrEqual(25_000);
});
