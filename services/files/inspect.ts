import { createHash } from 'node:crypto';
import { liveEnv } from '#shared/config/live-env';
import { liveDatabase } from '#shared/database/live-database';
import { retryStart } from '#shared/kernel/retry-start';
import { describeError } from '#shared/observability/describe-error';
import { makeLineLogger } from '#shared/observability/line-logger';
import { logFailedInit } from '#shared/observability/log-failed-init';
import { queueHandler } from '#shared/queue/queue-handler';
import { renewingFetch } from '#shared/supabase/renewing-fetch';
import { inspectEnvSchema } from './env';
import { handleInspections, handleSweepFiles, isBatch } from './handlers/inspect-files';
import { makeSupabaseObjects } from './providers/supabase-objects';
import { zlibCodec } from './providers/zlib-codec';

const log = makeLineLogger('inspect');

/** Milliseconds for one object, there and back. */
const STORAGE_TIMEOUT_MS = 30_000;

const start = async () => {
  const live = await liveEnv(inspectEnvSchema, process.env, { log });
  const env = live.first;
  const database = liveDatabase(live, 'tandem-inspect');
  void database.warm();
  const fetch = renewingFetch([
    { value: env.SUPABASE_SECRET_KEY, newest: async () => (await live.newest()).SUPABASE_SECRET_KEY },
  ]);
  return {
    database,
    objects: makeSupabaseObjects(
      { url: env.SUPABASE_URL, timeoutMs: STORAGE_TIMEOUT_MS, fetch },
      env.SUPABASE_SECRET_KEY,
    ),
    codec: zlibCodec,
    hash: (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex'),
    onInspected: (outcome: string) => log.info('file inspected', { outcome }),
    onFailure: (what: { readonly task: string }, error: unknown) =>
      log.error('sweep could not settle', { ...what, error: describeError(error) }),
  };
};

const service = retryStart(() => start().catch(logFailedInit(log)));

const inspect = queueHandler({ work: handleInspections(service), log });
const sweep = handleSweepFiles(service, log);

/** Entry of the inspection: batches of uploaded files from the queue, and the schedule of their sweep. */
export const handler = (event: unknown) => (isBatch(event) ? inspect(event) : sweep(event));
