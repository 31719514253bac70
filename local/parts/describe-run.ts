import type { Gateway } from '../gateway/start-gateway';
import type { MailCatcher } from '../mail/start-mail-catcher';
import type { QueueServer } from '../queue/start-queue-server';
import type { Realtime } from '../realtime/start-realtime';
import type { RunInfo } from '../state/run-file';
import type { Supabase } from '../supabase/start-supabase';
import { LOCAL_KEYS, LOCAL_USERS } from './local-keys';
import type { Replacements } from './replacements';
import type { Database } from './start-database';
import type { Doubles } from './start-doubles';

/** The parts that run; undefined = replaced by a real one. */
export type RunningParts = {
  gateway: Gateway;
  database: Database | undefined;
  supabase: Supabase | undefined;
  realtime: Realtime | undefined;
  mail: MailCatcher;
  queue: QueueServer | undefined;
  secretsUrl: string;
  doubles: Doubles;
  replacements: Replacements;
};

/** Every URL, key and user of this run, as `npm run status -- --json` prints them. */
export function describeRun(parts: RunningParts): RunInfo {
  const { gateway, database, supabase, realtime, mail, queue, secretsUrl, doubles, replacements } = parts;
  const { stripe, paypal } = doubles;
  const supabaseUrl = supabase?.url ?? replacements.SUPABASE_URL;
  const urls = {
    api: gateway.url,
    health: `${gateway.url}/api/health`,
    supabase: supabaseUrl,
    realtime: realtime && supabase && `${supabase.url.replace('http', 'ws')}/realtime/v1`,
    database: database?.url('postgres') ?? replacements.DATABASE_URL,
    mail: mail.url,
    sqs: queue?.url ?? replacements.AWS_ENDPOINT_URL_SQS,
    secretsManager: secretsUrl,
    stripe: stripe?.url ?? replacements.STRIPE_API_BASE,
    paypal: paypal?.url ?? replacements.PAYPAL_API_BASE,
  };
  // The user's own secrets are never repeated: a screen or a log may be shared.
  const keys = {
    supabasePublishable: replacements.SUPABASE_PUBLISHABLE_KEY ?? LOCAL_KEYS.supabasePublishableKey,
    supabaseSecret: supabase && LOCAL_KEYS.supabaseSecretKey,
    supabaseJwtSecret: supabase && LOCAL_KEYS.supabaseJwtSecret,
    stripePublishable: stripe?.publishableKey,
    stripeSecret: stripe?.secretKey,
    stripeWebhookSecret: stripe?.webhookSecret,
    paypalClientId: paypal?.clientId,
    paypalClientSecret: paypal?.clientSecret,
    paypalWebhookId: paypal?.webhookId,
  };
  const users = Object.entries(LOCAL_USERS).map(([name, { email, password }]) => [name, { email, password }]);
  return {
    pid: process.pid,
    startedAt: new Date().toISOString(),
    urls: definedOnly(urls),
    keys: definedOnly(keys),
    users: supabase ? (Object.fromEntries(users) as RunInfo['users']) : {},
  };
}

function definedOnly(values: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, string] => Boolean(entry[1])),
  );
}
