import { liveEnv } from '#shared/config/live-env';
import { liveDatabase } from '#shared/database/live-database';
import { oncePer } from '#shared/kernel/once-per';
import { retryStart } from '#shared/kernel/retry-start';
import { makeAccountKeys } from '#shared/limits/account-keys';
import { postgresLimitStore } from '#shared/limits/postgres-limit-store';
import { makeLineLogger } from '#shared/observability/line-logger';
import { logFailedInit } from '#shared/observability/log-failed-init';
import { queueHandler } from '#shared/queue/queue-handler';
import { renewingFetch } from '#shared/supabase/renewing-fetch';
import { mailEnvSchema, readList } from './env';
import { handleKeepPromises } from './handlers/keep-promises';
import type { Seal } from './ports';
import { makeSeal } from './providers/seal-order';
import { makeSupabaseIdentity } from './providers/supabase-identity';
import { makeCountSignUpMail } from './use-cases/count-sign-up-mail';
import type { KeepPromisesDeps } from './use-cases/keep-promises';

const log = makeLineLogger('mail');

const start = async (): Promise<KeepPromisesDeps> => {
  const live = await liveEnv(mailEnvSchema, process.env, { log });
  const env = live.first;
  const database = liveDatabase(live, 'tandem-mail');
  void database.warm();
  const now = Date.now;
  const [accountKey = '', ...olderKeys] = readList(env.ACCOUNT_KEYS);
  return {
    database,
    identity: makeSupabaseIdentity({
      url: env.SUPABASE_URL,
      publishableKey: env.SUPABASE_PUBLISHABLE_KEY,
      log,
      fetch: renewingFetch([
        {
          value: env.SUPABASE_PUBLISHABLE_KEY,
          newest: async () => (await live.newest()).SUPABASE_PUBLISHABLE_KEY,
        },
      ]),
    }),
    open: async (sealed, id) => {
      try {
        return sealOf(env.ACCOUNT_KEYS).open(sealed, id);
      } catch {
        // A key that came after this process started.
        return sealOf((await live.newest()).ACCOUNT_KEYS).open(sealed, id);
      }
    },
    siteUrl: env.SITE_URL,
    now,
    countSignUpMail: makeCountSignUpMail({
      store: postgresLimitStore(database),
      accounts: makeAccountKeys([accountKey, ...olderKeys]),
      now,
    }),
    onGivenUp: (why) => log.warn('mail given up', { why }),
  };
};

const sealOf = oncePer((keys: string): Seal => {
  const [newest = '', ...older] = readList(keys);
  return makeSeal([newest, ...older]);
});

const service = retryStart(() => start().catch(logFailedInit(log)));

/** Entry of the mail function: does what routes of accounts have promised, behind their answers. */
export const handler = queueHandler({ work: handleKeepPromises(service), log });
