import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { makeDatabase } from '#shared/database/pool';
import { bundleFunction } from '../../lib/bundle-function';
import { FUNCTIONS } from '../../lib/function-catalogue';
import { makeSeal } from '../../services/auth/providers/seal-order';
import { type AwsStub, startAwsStub } from '../support/aws-stub';
import { createTestDatabase, type TestDatabase } from '../support/postgres';
import { sqsEvent, sqsRecord } from '../support/sqs-event';
import { TEST_ACCOUNT_KEY } from '../support/wide-limits';

/** The mail function as it is deployed: its bundle in a process of its own, its configuration from secrets. */
const RUNNER = `
const { handler } = require('./index.js');
(async () => {
  const answer = await handler(JSON.parse(process.argv[2]), {});
  console.error(JSON.stringify(answer));
  process.exit(0);
})();
`;

let folder: string;
let aws: AwsStub;
let supabase: AwsStub;
let database: TestDatabase;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tandem-mail-'));
  const { entry, sdks } = FUNCTIONS.mail;
  bundleFunction({ entry: join(__dirname, '../..', entry), outDir: folder, sdks });
  writeFileSync(join(folder, 'run.js'), RUNNER);
  [aws, supabase, database] = await Promise.all([startAwsStub(), startAwsStub(), createTestDatabase()]);
}, 60_000);

afterAll(async () => {
  await Promise.all([aws.close(), supabase.close(), database.drop()]);
  rmSync(folder, { recursive: true });
});

test('asks Supabase for what a row says, also where the key that sealed it is newer than its own', async () => {
  const admin = makeDatabase({ connectionString: database.adminUrl, applicationName: 'test' });
  const newKey = 'a-newer-key-of-at-least-32-characters';
  const id = randomUUID();
  const sealed = makeSeal([newKey]).seal({ kind: 'recovery', email: 'ada@example.test' }, id);
  await admin.query(
    "insert into private.pending_mails (id, sealed, expires_at) values ($1, $2, now() + interval '1 hour')",
    [id, sealed],
  );
  const secrets = {
    DATABASE_URL: database.urlFor('tandem_auth'),
    SUPABASE_URL: supabase.url,
    SUPABASE_PUBLISHABLE_KEY: 'sb_publishable_x',
    ACCOUNT_KEYS: TEST_ACCOUNT_KEY,
  };
  const secret = (values: object) => ({ body: { SecretString: JSON.stringify(values) } });
  aws.answers.push(secret(secrets), secret({ ...secrets, ACCOUNT_KEYS: `${newKey},${TEST_ACCOUNT_KEY}` }));
  supabase.otherwise = { status: 200, body: {} };

  const records = [sqsRecord({ version: 1, id }, 'good'), sqsRecord('nonsense', 'bad')];
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ['run.js', JSON.stringify(sqsEvent(records))],
    {
      cwd: folder,
      env: {
        AWS_REGION: 'eu-central-1',
        AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
        AWS_SECRET_ACCESS_KEY: 'secret',
        AWS_ENDPOINT_URL_SECRETS_MANAGER: aws.url,
        SECRET_ARNS: 'arn:aws:secretsmanager:eu-central-1:1:secret:mail-AbCdEf',
        SITE_URL: 'https://shop.example.test',
      },
    },
  );

  expect(JSON.parse(stderr.trim().split('\n').at(-1) ?? '')).toEqual({
    batchItemFailures: [{ itemIdentifier: 'bad' }],
  });
  expect(supabase.requests.map(({ path, body }) => [path.split('?')[0], JSON.parse(body).email])).toEqual([
    ['/auth/v1/recover', 'ada@example.test'],
  ]);
  expect((await admin.query('select from private.pending_mails')).rows).toEqual([]);
  expect(stdout + stderr).not.toMatch(/ada|example\.test|sb_publishable/);
  await admin.close();
}, 30_000);
