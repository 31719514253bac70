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

/**
 * The content of every secret: of the keys that the template gives it, those for which there is a value.
 *
 * @returns secret ARN -> its JSON object
 * @throws Error for a secret whose values nobody knows
 */
export function secretValues(
  secrets: SecretModel[],
  sources: SecretSources,
): Map<string, Record<string, string>> {
  const values = allValues(sources);
  return new Map(
    secrets.map(({ name, arn, keys }) => {
      const own: typeof values = { ...values, DATABASE_URL: databaseUrlFor(name, sources) };
      const present = keys.flatMap((key): [string, string][] => (own[key] ? [[key, own[key]]] : []));
      if (present.length === 0) throw new Error(`the local runner has no values for the secret ${name}`);
      return [arn, Object.fromEntries(present)];
    }),
  );
}

/** Each function connects as a role of its own: DatabaseAuth -> tandem_auth. */
function databaseUrlFor(
  secretName: string,
  { replacements, databaseUrl }: SecretSources,
): string | undefined {
  const service = /^Database(\w+)$/.exec(secretName)?.[1]?.toLowerCase();
  return service && (replacements.DATABASE_URL ?? databaseUrl?.(`tandem_${service}`));
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
    ACCOUNT_KEYS: LOCAL_KEYS.accountKey,
    CHANGE_WEBHOOK_SECRETS: LOCAL_KEYS.changeWebhookSecret,
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
