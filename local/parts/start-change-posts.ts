import { Client } from 'pg';
import type { Log } from '../log/log';
import { type RequestWorker, runRequestWorker } from '../pg-net/run-request-worker';
import { LOCAL_KEYS } from './local-keys';
import type { Database } from './start-database';

export type ChangePostsOptions = { database: Database; gatewayUrl: string; log: Log };

/** Tells the database where to post changes and with which key, as an operator does by Vault, and sends what it posts. */
export async function startChangePosts({
  database,
  gatewayUrl,
  log,
}: ChangePostsOptions): Promise<RequestWorker> {
  await putSecrets(database.url(), {
    change_webhook_url: `${gatewayUrl}/api/payments/webhook/supabase`,
    change_webhook_secret: LOCAL_KEYS.changeWebhookSecret,
  });
  return runRequestWorker({
    databaseUrl: database.url(),
    onSent: ({ path, status, ms }) =>
      log('webhook', `postgres change → ${path}`, { status: status ?? 'failed', ms }),
  });
}

async function putSecrets(superuserUrl: string, secrets: Record<string, string>): Promise<void> {
  const client = new Client({ connectionString: superuserUrl });
  await client.connect();
  try {
    for (const [name, value] of Object.entries(secrets)) {
      await client.query(
        `insert into vault.secrets (name, secret) values ($1, $2)
         on conflict (name) do update set secret = excluded.secret`,
        [name, value],
      );
    }
  } finally {
    await client.end();
  }
}
