import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { makeDatabase } from '#shared/database/pool';
import { bundleFunction } from '../../lib/bundle-function';
import { type AwsStub, startAwsStub } from '../support/aws-stub';
import { insertPayment, paymentRows } from '../support/payment-rows';
import { createTestDatabase, type TestDatabase } from '../support/postgres';
import { providerMessage, sqsEvent, sqsRecord } from '../support/sqs-event';
import { stripeStory } from '../support/stripe-objects';

/** The reconciler as it is deployed: its bundle in a process of its own, its configuration from secrets. */
const RUNNER = `
const { handler } = require('./index.js');
(async () => {
  const answer = await handler(JSON.parse(process.argv[2]), {});
  const loaded = process.moduleLoadList.filter((name) => name.includes('undici'));
  const packages = Object.keys(require.cache).filter((file) => file.includes('node_modules'));
  console.error(JSON.stringify({ answer, loaded, packages }));
  process.exit(0);
})();
`;

let folder: string;
let aws: AwsStub;
let database: TestDatabase;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tandem-reconcile-'));
  bundleFunction({
    entry: join(__dirname, '../../services/payment/reconcile.ts'),
    outDir: folder,
    sdks: ['stripe', '@paypal/paypal-server-sdk'],
  });
  writeFileSync(join(folder, 'run.js'), RUNNER);
  aws = await startAwsStub();
  database = await createTestDatabase();
}, 60_000);

afterAll(async () => {
  await aws.close();
  await database.drop();
  rmSync(folder, { recursive: true });
});

it('books a Stripe event without loading undici or any provider SDK', async () => {
  const admin = makeDatabase({ connectionString: database.adminUrl, applicationName: 'test' });
  const { id } = await insertPayment(admin, { providerRef: 'pi_process' });
  const story = stripeStory({ intent: 'pi_process', charge: 'ch_process', paymentId: id });
  const event = story.event('evt_process', 'payment_intent.succeeded', story.intent('succeeded'));
  const secrets = {
    DATABASE_URL: database.urlFor('tandem_reconcile'),
    STRIPE_SECRET_KEY: 'sk_test_x',
    PAYPAL_CLIENT_ID: 'x',
    PAYPAL_CLIENT_SECRET: 'x',
  };
  aws.answers.push({ body: { SecretString: JSON.stringify(secrets) } });

  const { stderr } = await promisify(execFile)(
    process.execPath,
    ['run.js', JSON.stringify(sqsEvent([sqsRecord(providerMessage(event))]))],
    {
      cwd: folder,
      env: {
        AWS_REGION: 'eu-central-1',
        AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
        AWS_SECRET_ACCESS_KEY: 'secret',
        AWS_ENDPOINT_URL_SECRETS_MANAGER: aws.url,
        SECRET_ARNS: 'arn:aws:secretsmanager:eu-central-1:1:secret:reconcile-AbCdEf',
        PROVIDER_MODE: 'test',
        SITE_URL: 'https://shop.example.test',
      },
    },
  );

  expect(JSON.parse(stderr)).toEqual({ answer: { batchItemFailures: [] }, loaded: [], packages: [] });
  expect((await paymentRows(admin, id)).payment).toMatchObject({
    status: 'succeeded',
    captured_minor: '1999',
  });
  await admin.close();
}, 30_000);
