import { readEnv } from '#shared/config/read-env';
import { STAGE_NAMES, stageConfig } from '../../lib/stage-config';
import { authEnvSchema } from '../../services/auth/env';
import { apiEnvSchema } from '../../services/payment/env';
import { TEST_ACCOUNT_KEY } from '../support/wide-limits';

const common = {
  DATABASE_URL: 'postgres://x',
  SUPABASE_URL: 'https://x.supabase.co',
  SUPABASE_PUBLISHABLE_KEY: 'sb_publishable_x',
  SITE_URL: 'https://shop.example.test',
  EVENT_QUEUE_URL: 'https://sqs.eu-central-1.amazonaws.com/1/events',
  DEAD_LETTERS_URL: 'https://sqs.eu-central-1.amazonaws.com/1/dead-letters',
  CHANGE_DEAD_LETTERS_URL: 'https://sqs.eu-central-1.amazonaws.com/1/dead-changes',
  MAIL_QUEUE_URL: 'https://sqs.eu-central-1.amazonaws.com/1/mails',
  PAYPAL_CLIENT_ID: 'x',
  PAYPAL_CLIENT_SECRET: 'x',
  ACCOUNT_KEYS: TEST_ACCOUNT_KEY,
};

describe.each([
  ['auth', authEnvSchema],
  ['payment', apiEnvSchema],
])('the configuration of %s', (_, schema) => {
  const read = (env: Record<string, string>) => readEnv(schema, { ...common, ...env });

  test.each<Record<string, string>>([
    { PROVIDER_MODE: 'live' },
    { PROVIDER_MODE: 'live', RATE_LIMIT_FACTOR: '1' },
    { PROVIDER_MODE: 'test', RATE_LIMIT_FACTOR: '1000' },
    { PROVIDER_MODE: 'test', REDIS_URL: 'rediss://:secret@cache.example.test:6379' },
  ])('takes %p', (env) => {
    expect(() => read(env)).not.toThrow();
  });

  test.each([
    [
      'wider limits where real money moves',
      { PROVIDER_MODE: 'live', RATE_LIMIT_FACTOR: '2' },
      'RATE_LIMIT_FACTOR',
    ],
    ['no limits at all', { PROVIDER_MODE: 'test', RATE_LIMIT_FACTOR: '0' }, 'RATE_LIMIT_FACTOR'],
    ['endless limits', { PROVIDER_MODE: 'test', RATE_LIMIT_FACTOR: 'Infinity' }, 'RATE_LIMIT_FACTOR'],
    [
      'another kind of store',
      { PROVIDER_MODE: 'test', REDIS_URL: 'https://cache.example.test' },
      'REDIS_URL',
    ],
  ])('refuses %s', (_name, env, message) => {
    expect(() => read(env)).toThrow(message);
  });
});

test.each(['short', `${TEST_ACCOUNT_KEY},short`, `${TEST_ACCOUNT_KEY},`])(
  'auth refuses the account keys %p',
  (keys) => {
    expect(() => readEnv(authEnvSchema, { ...common, PROVIDER_MODE: 'test', ACCOUNT_KEYS: keys })).toThrow(
      'ACCOUNT_KEYS',
    );
  },
);

test('no stage is deployed with wider limits', () => {
  expect(STAGE_NAMES.map((name) => stageConfig(name).rateLimitFactor)).toEqual([1, 1, 1]);
});
