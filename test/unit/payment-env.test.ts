import { readEnv } from '#shared/config/read-env';
import { apiEnvSchema, reconcileEnvSchema } from '../../services/payment/env';
import { wireProviders } from '../../services/payment/wire-providers';

const common = {
  DATABASE_URL: 'postgres://x',
  SUPABASE_URL: 'https://x.supabase.co',
  PROVIDER_MODE: 'test',
  SITE_URL: 'https://shop.example.test',
  EVENT_QUEUE_URL: 'https://sqs.eu-central-1.amazonaws.com/1/events',
  DEAD_LETTERS_URL: 'https://sqs.eu-central-1.amazonaws.com/1/dead-letters',
  CHANGE_DEAD_LETTERS_URL: 'https://sqs.eu-central-1.amazonaws.com/1/dead-changes',
};
const stripe = { STRIPE_SECRET_KEY: 'sk_test_canary' };
const paypal = { PAYPAL_CLIENT_ID: 'canary', PAYPAL_CLIENT_SECRET: 'canary' };

describe.each([
  ['the API', apiEnvSchema],
  ['the reconciler and the sweep', reconcileEnvSchema],
])('the configuration of %s', (_, schema) => {
  const read = (env: Record<string, string>) => readEnv(schema, { ...common, ...env });

  it.each([
    ['both providers', { ...stripe, ...paypal }],
    ['Stripe alone', stripe],
    ['PayPal alone', paypal],
    // A secret whose key is blank has no value.
    ['Stripe alone, the rest blank', { ...stripe, PAYPAL_CLIENT_ID: '', PAYPAL_CLIENT_SECRET: '' }],
  ])('takes %s', (_name, env) => {
    expect(() => read(env)).not.toThrow();
  });

  it.each([
    ['neither provider', {}, 'STRIPE_SECRET_KEY (missing)'],
    ['half of PayPal', { ...stripe, PAYPAL_CLIENT_ID: 'canary' }, 'PAYPAL_CLIENT_SECRET (missing)'],
    ['a live key in a test stage', { STRIPE_SECRET_KEY: 'sk_live_canary' }, 'STRIPE_SECRET_KEY (not valid)'],
    ['no key at all for Stripe', { STRIPE_SECRET_KEY: 'canary' }, 'STRIPE_SECRET_KEY (not valid)'],
  ])('refuses %s', (_name, env, message) => {
    expect(() => read(env)).toThrow(message);
    expect(() => read(env)).not.toThrow('canary');
  });
});

describe('a provider that is not set up', () => {
  const env = { PROVIDER_MODE: 'test', SITE_URL: 'https://shop.example.test' } as const;
  const call = { key: 'k', providerRef: 'r', captureId: 'c', amountMinor: 1n, currency: 'USD' };

  it.each([
    ['stripe', paypal],
    ['paypal', stripe],
  ] as const)('%s refuses whatever is asked of it, and the other does not', async (absent, present) => {
    const wired = wireProviders({ ...env, ...present }, Date.now);
    const provider = wired.providers[absent];
    expect(provider.isConfigured).toBe(false);
    expect(wired.providers[absent === 'stripe' ? 'paypal' : 'stripe'].isConfigured).toBe(true);
    const window = { from: 0, until: 1, mark: null };
    for (const ask of [
      () => provider.retrieve('x'),
      () => provider.capture({ key: 'k', providerRef: 'x' }),
      () => provider.refund(call),
      () => provider.findRefund(call),
      () => provider.cancel({ ...call, paymentId: 'p', reason: 'abandoned' }),
      () => wired.listEvents[absent](window),
    ])
      await expect(ask()).rejects.toMatchObject({ code: 'provider_not_configured' });
  });
});
