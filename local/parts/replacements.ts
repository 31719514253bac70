/**
 * Parts that the user replaces by real ones, by environment. A part named here is not started, and the
 * value goes to the functions in place of the local one.
 */
export type Replacements = {
  [Name in (typeof NAMES)[number]]?: string;
};

const NAMES = [
  'SUPABASE_URL',
  'SUPABASE_PUBLISHABLE_KEY',
  'SUPABASE_SECRET_KEY',
  'SUPABASE_JWT_SECRET',
  'DATABASE_URL',
  'REDIS_URL',
  'STRIPE_SECRET_KEY',
  'STRIPE_WEBHOOK_SECRETS',
  'STRIPE_API_BASE',
  'STRIPE_ACCOUNT',
  'PAYPAL_CLIENT_ID',
  'PAYPAL_CLIENT_SECRET',
  'PAYPAL_WEBHOOK_ID',
  'PAYPAL_API_BASE',
  'AWS_ENDPOINT_URL_SQS',
  'AWS_ENDPOINT_URL_SESV2',
] as const;

/**
 * Reads the replacements and checks that they make sense together.
 *
 * @throws Error that says which name is missing
 */
export function readReplacements(env: Record<string, string | undefined>): Replacements {
  const found: Replacements = {};
  for (const name of NAMES) {
    const value = env[name];
    if (value) found[name] = value;
  }
  if (/^[sr]k_live_/.test(found.STRIPE_SECRET_KEY ?? '')) {
    throw new Error(
      'STRIPE_SECRET_KEY is a live key, and this stack is for tests: it would take real money.',
    );
  }
  requireWith(found, 'SUPABASE_URL', ['SUPABASE_PUBLISHABLE_KEY', 'SUPABASE_SECRET_KEY', 'DATABASE_URL']);
  requireWith(found, 'DATABASE_URL', ['SUPABASE_URL']);
  requireWith(found, 'STRIPE_SECRET_KEY', ['STRIPE_WEBHOOK_SECRETS']);
  requireWith(found, 'PAYPAL_CLIENT_ID', ['PAYPAL_CLIENT_SECRET', 'PAYPAL_WEBHOOK_ID']);
  return found;
}

function requireWith(found: Replacements, name: keyof Replacements, others: (keyof Replacements)[]): void {
  const missing = others.filter((other) => found[name] && !found[other]);
  if (missing.length === 0) return;
  const parts = missing.join(' and ');
  throw new Error(
    `${name} is set, so ${parts} must be set too: they belong to the same account. See .env.example.`,
  );
}

/** Which local parts are needed. */
export function partsToStart(replacements: Replacements) {
  return {
    postgres: !replacements.DATABASE_URL,
    supabase: !replacements.SUPABASE_URL,
    queue: !replacements.AWS_ENDPOINT_URL_SQS,
    stripe: !replacements.STRIPE_SECRET_KEY && !replacements.STRIPE_API_BASE,
    paypal: !replacements.PAYPAL_CLIENT_ID && !replacements.PAYPAL_API_BASE,
  };
}
