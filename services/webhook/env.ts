import * as z from 'zod/mini';

/** `https` origins, or `http` on this machine for the local double. Scheme, host and port, nothing behind. */
const ORIGIN = /^(?:https:\/\/[a-z0-9.-]+|http:\/\/(?:127\.0\.0\.1|localhost|\[::1\]))(?::[0-9]{1,5})?$/;

const commaSeparated = (item: RegExp) =>
  z.pipe(
    z.string(),
    z.pipe(
      z.transform((text: string) =>
        text
          .split(',')
          .map((part) => part.trim())
          .filter((part) => part !== ''),
      ),
      z.array(z.string().check(z.regex(item))).check(z.minLength(1)),
    ),
  );

/** What the function reads from its environment and its secrets. */
export const webhookEnvSchema = z
  .object({
    /** Which of the provider's two worlds this stage lives in. */
    PROVIDER_MODE: z.enum(['live', 'test']),
    EVENT_QUEUE_URL: z.url({ protocol: /^https?$/ }),
    CHANGE_QUEUE_URL: z.url({ protocol: /^https?$/ }),
    /** Several while one is being rolled, in any order. Absent where nobody is paid through Stripe. */
    STRIPE_WEBHOOK_SECRETS: z.optional(commaSeparated(/^whsec_\S+$/)),
    /** Set to take the events of one connected account instead of our own. */
    STRIPE_ACCOUNT: z.optional(z.string().check(z.regex(/^acct_[A-Za-z0-9]+$/))),
    /**
     * Several while deliveries move to another registration, in any order. Not `WEBHOOK_ID`: that is what PayPal's simulator
     * signs with, for anybody. Absent where nobody is paid through PayPal.
     */
    PAYPAL_WEBHOOK_ID: z.optional(commaSeparated(/^(?!WEBHOOK_ID$)[A-Za-z0-9-]{1,50}$/)),
    PAYPAL_CERT_ORIGINS: z.optional(commaSeparated(ORIGIN)),
    /** PEM certificates of the authorities to trust, roots or intermediates, instead of Node's own list. */
    PAYPAL_TRUST_ROOTS: z.optional(z.string().check(z.includes('-----BEGIN CERTIFICATE-----'))),
    /** What our database signs changes with: `whsec_` and 24 to 64 bytes as base64. Absent where it posts none. */
    CHANGE_WEBHOOK_SECRETS: z.optional(commaSeparated(/^whsec_[A-Za-z0-9+/]{32,86}={0,2}$/)),
  })
  .check(
    z.refine(
      ({ PROVIDER_MODE: mode, PAYPAL_CERT_ORIGINS: origins = [] }) =>
        mode === 'test' || origins.every((origin) => origin.startsWith('https:')),
      { path: ['PAYPAL_CERT_ORIGINS'] },
    ),
    z.refine((env) => env.STRIPE_WEBHOOK_SECRETS !== undefined || env.PAYPAL_WEBHOOK_ID !== undefined, {
      path: ['STRIPE_WEBHOOK_SECRETS'],
    }),
  );

export type WebhookEnv = z.output<typeof webhookEnvSchema>;
