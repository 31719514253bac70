import * as z from 'zod/mini';
import { readEnv } from '#shared/config/read-env';
import { webhookEnvSchema } from '../../services/webhook/env';

const good = {
  PROVIDER_MODE: 'test',
  EVENT_QUEUE_URL: 'https://sqs.eu-central-1.amazonaws.com/1/events',
  CHANGE_QUEUE_URL: 'https://sqs.eu-central-1.amazonaws.com/1/changes',
  STRIPE_WEBHOOK_SECRETS: 'whsec_a, whsec_b,',
  PAYPAL_WEBHOOK_ID: '8PT597110X687430L',
};
const read = (change: Record<string, string | undefined>) =>
  readEnv(webhookEnvSchema, { ...good, ...change });

describe('reading the environment', () => {
  it('names every variable at fault and shows no value', () => {
    const schema = z.object({
      A: z.string().check(z.minLength(20)),
      B: z.string(),
      C: z.optional(z.string()),
      D: z.string(),
    });
    const attempt = () => readEnv(schema, { A: 'canary', D: '', C: '' });
    expect(attempt).toThrow('Environment: A (not valid), B (missing), D (missing)');
    expect(attempt).not.toThrow('canary');
  });

  it('gives what the schema makes of it', () => {
    expect(read({ PAYPAL_WEBHOOK_ID: '8PT597110X687430L, 1JE4291016473214C' })).toEqual({
      ...good,
      STRIPE_WEBHOOK_SECRETS: ['whsec_a', 'whsec_b'],
      PAYPAL_WEBHOOK_ID: ['8PT597110X687430L', '1JE4291016473214C'],
    });
  });

  it.each([
    ['PROVIDER_MODE', 'production'],
    ['EVENT_QUEUE_URL', 'events'],
    ['CHANGE_QUEUE_URL', 'changes'],
    ['CHANGE_WEBHOOK_SECRETS', 'whsec_canary'],
    ['CHANGE_WEBHOOK_SECRETS', 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
    ['STRIPE_WEBHOOK_SECRETS', ','],
    ['STRIPE_WEBHOOK_SECRETS', 'whsec_a,sk_live_canary'],
    ['STRIPE_WEBHOOK_SECRETS', 'whsec_'],
    ['STRIPE_ACCOUNT', 'ours'],
    ['PAYPAL_WEBHOOK_ID', 'WEBHOOK_ID'],
    ['PAYPAL_WEBHOOK_ID', 'a|b'],
    ['PAYPAL_WEBHOOK_ID', '8PT597110X687430L,WEBHOOK_ID'],
    ['PAYPAL_TRUST_ROOTS', 'none'],
    ['PAYPAL_CERT_ORIGINS', 'https://api.paypal.com/'],
    ['PAYPAL_CERT_ORIGINS', 'https://user@api.paypal.com'],
    ['PAYPAL_CERT_ORIGINS', 'http://api.paypal.com'],
    ['PAYPAL_CERT_ORIGINS', 'https://api.paypal.com,file://'],
  ])('refuses %s=%s by name alone', (name, value) => {
    expect(() => read({ [name]: value })).toThrow(name);
    expect(() => read({ [name]: value })).not.toThrow('canary');
  });

  it.each(['STRIPE_WEBHOOK_SECRETS', 'PAYPAL_WEBHOOK_ID'])(
    'does without %s, but not without both',
    (name) => {
      expect(read({ [name]: '' })).not.toHaveProperty(name);
      expect(() => read({ STRIPE_WEBHOOK_SECRETS: '', PAYPAL_WEBHOOK_ID: undefined })).toThrow(
        'STRIPE_WEBHOOK_SECRETS (missing)',
      );
    },
  );

  it('takes plain http for certificates from this machine, and never on a live stage', () => {
    const local = { PAYPAL_CERT_ORIGINS: 'http://127.0.0.1:12112' };
    expect(read(local).PAYPAL_CERT_ORIGINS).toEqual(['http://127.0.0.1:12112']);
    expect(() => read({ ...local, PROVIDER_MODE: 'live' })).toThrow('PAYPAL_CERT_ORIGINS');
  });
});
