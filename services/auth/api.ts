import { readEnv } from '#shared/config/read-env';
import { withSecrets } from '#shared/config/secrets';
import { makeDatabase } from '#shared/database/pool';
import { useEnglishMessages } from '#shared/http/english-messages';
import { type HttpService, httpHandler } from '#shared/http/http-handler';
import { makeVerifyAccessToken } from '#shared/identity/verify-access-token';
import { logFailedInit } from '#shared/observability/log-failed-init';
import { makeLogger } from '#shared/observability/logger';
import type { authContract } from './contract';
import { authEnvSchema } from './env';
import { makeSupabaseIdentity } from './providers/supabase-identity';
import { wireService } from './wire-service';

const log = makeLogger('auth');

useEnglishMessages();

const start = async (): Promise<HttpService<typeof authContract>> => {
  const env = readEnv(authEnvSchema, await withSecrets(process.env));
  const database = makeDatabase({ connectionString: env.DATABASE_URL, applicationName: 'tandem-auth' });
  void database.warm();
  const now = Date.now;
  return wireService({
    database,
    identity: makeSupabaseIdentity({
      url: env.SUPABASE_URL,
      publishableKey: env.SUPABASE_PUBLISHABLE_KEY,
      log,
    }),
    verifyAccessToken: makeVerifyAccessToken({
      supabaseUrl: env.SUPABASE_URL,
      jwtSecret: env.SUPABASE_JWT_SECRET,
      now,
    }),
    allowedOrigins: [new URL(env.SITE_URL).origin],
    now,
  });
};

/** Entry of the auth function: /api/auth/*. */
export const handler = httpHandler({ log, service: () => start().catch(logFailedInit(log)) });
