import type { SecretModel } from '../assembly/model';
import { LOCAL_KEYS } from './local-keys';
import type { Replacements } from './replacements';
import type { Doubles } from './start-doubles';

/** What the local parts contribute to the secrets. */
export type SecretSources = {
  replacements: Replacements;
  /** Address of the embedded Postgres for a role. */
  databaseUrl: ((role: string) => string) | undefined;
  supabaseUrl: string | undefined;
  doubles: Doubles;
};

/** Which values a secret holds, by the id of its construct. A value that does not exist is left out. */
const KEYS: Record<string, string[]> = {
  SupabaseTokens: ['SUPABASE_URL', 'SUPABASE_JWT_SECRET'],
  SupabaseKeys: ['SUPABASE_PUBLISHABLE_KEY', 'SUPABASE_SECRET_KEY'],
  StripeApi: ['STRIPE_SECRET_KEY', 'STRIPE_API_BASE'],
  StripeWebhook: ['STRIPE_WEBHOOK_SECRETS'],
  PayPalApi: ['PAYPAL_CLIENT_ID', 'PAYPAL_CLIENT_SECRET', 'PAYPAL_API_BASE'],
  PayPalWebhook: ['PAYPAL_WEBHOOK_ID', 'PAYPAL_CERT_ORIGINS', 'PAYPAL_TRUST_ROOTS'],
};

/**
 * The content of every secret of the template.
 *
 * @returns secret ARN -> its JSON object
 * @throws Error for a secret whose values nobody knows
 */
export function secretValues(
  secrets: SecretModel[],
  sources: SecretSources,
): Map<string, Record<string, string>> {
  const values = allValues(sources);
  return new Map(secrets.map(({ name, arn }) => [arn, valuesOf(name, values, sources)]));
}

function valuesOf(name: string, values: Record<string, string | undefined>, sources: SecretSources) {
  const service = /^Database(\w+)$/.exec(name)?.[1]?.toLowerCase();
  if (service) {
    const url = sources.replacements.DATABASE_URL ?? sources.databaseUrl?.(`tandem_${service}`);
    return { DATABASE_URL: url ?? '' };
  }
  const keys = KEYS[name];
  if (!keys) throw new Error(`the template has the secret ${name}, for which the local runner has no values`);
  const present = keys.flatMap((key): [string, string][] => {
    const value = values[key];
    return value === undefined ? [] : [[key, value]];
  });
  return Object.fromEntries(present);
}

/** Local values with the user's own over them. */
function allValues({
  replacements,
  supabaseUrl,
  doubles,
}: SecretSources): Record<string, string | undefined> {
  const { stripe, paypal } = doubles;
  return {
    ...(supabaseUrl && {
      SUPABASE_URL: supabaseUrl,
      SUPABASE_JWT_SECRET: LOCAL_KEYS.supabaseJwtSecret,
      SUPABASE_PUBLISHABLE_KEY: LOCAL_KEYS.supabasePublishableKey,
      SUPABASE_SECRET_KEY: LOCAL_KEYS.supabaseSecretKey,
    }),
    ...(stripe && {
      STRIPE_SECRET_KEY: stripe.secretKey,
      STRIPE_API_BASE: stripe.url,
      STRIPE_WEBHOOK_SECRETS: stripe.webhookSecret,
    }),
    ...(paypal && {
      PAYPAL_CLIENT_ID: paypal.clientId,
      PAYPAL_CLIENT_SECRET: paypal.clientSecret,
      PAYPAL_API_BASE: paypal.url,
      PAYPAL_WEBHOOK_ID: paypal.webhookId,
      PAYPAL_CERT_ORIGINS: paypal.certOrigin,
      PAYPAL_TRUST_ROOTS: paypal.trustRootPem,
    }),
    ...replacements,
  };
}
