import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import { makeDatabase } from '#shared/database/pool';
import { useEnglishMessages } from '#shared/http/english-messages';
import { httpHandler } from '#shared/http/http-handler';
import { makeVerifyAccessToken } from '#shared/identity/verify-access-token';
import { type MailCatcher, startMailCatcher } from '../../local/mail/start-mail-catcher';
import { startSupabase } from '../../local/supabase/start-supabase';
import type { SupabaseConfig } from '../../local/supabase/supabase-config';
import { makeSupabaseIdentity } from '../../services/auth/providers/supabase-identity';
import { wireService } from '../../services/auth/wire-service';
import { type ApiAnswer, type ApiRequest, call } from './api-event';
import { type LogLine, makeKeptLog } from './kept-log';
import { createTestDatabase } from './postgres';
import { makeTestMails } from './test-mails';
import { wideLimits } from './wide-limits';

const JWT_SECRET = 'super-secret-jwt-token-with-at-least-32-characters-long';
const PUBLISHABLE_KEY = 'sb_publishable_TandemFlowTest_x';

/** Where the pages of these tests are. */
export const LOCAL_SITE = 'http://127.0.0.1:4000';

/** The auth service on the embedded Supabase, with real mails. */
export interface AuthOnSupabase {
  /** The database's address for the superuser. */
  readonly adminUrl: string;
  readonly lines: LogLine[];
  readonly mail: MailCatcher;
  readonly send: (request: ApiRequest) => Promise<ApiAnswer>;
  readonly post: (route: string, body: unknown, headers?: ApiRequest['headers']) => Promise<ApiAnswer>;
  readonly get: (route: string, headers: ApiRequest['headers']) => Promise<ApiAnswer>;
  /** supabase-js as a browser has it. */
  readonly browser: () => SupabaseClient;
  /** The six digits of the newest mail to that address. */
  readonly codeFor: (email: string) => string;
  readonly close: () => Promise<void>;
}

export const startAuthOnSupabase = async (
  options: Pick<SupabaseConfig, 'confirmEmails' | 'social'>,
): Promise<AuthOnSupabase> => {
  useEnglishMessages();
  const testDatabase = await createTestDatabase();
  const database = makeDatabase({
    connectionString: testDatabase.urlFor('tandem_auth'),
    applicationName: 'auth',
    max: 4,
  });
  const mail = await startMailCatcher({ smtpPort: 0, httpPort: 0 });
  const supabase = await startSupabase(
    {
      port: 0,
      authDatabaseUrl: testDatabase.urlFor('supabase_auth_admin'),
      dataDatabaseUrl: testDatabase.adminUrl,
      jwtSecret: JWT_SECRET,
      publishableKey: PUBLISHABLE_KEY,
      secretKey: 'sb_secret_TandemFlowTest_x',
      siteUrl: LOCAL_SITE,
      smtpPort: mail.smtpPort,
      ...options,
    },
    () => undefined,
  );
  const { url } = supabase;
  const { log, lines } = makeKeptLog();
  const identity = makeSupabaseIdentity({ url, publishableKey: PUBLISHABLE_KEY, log });
  const mails = makeTestMails(database, identity, { siteUrl: LOCAL_SITE });
  const handler = httpHandler({
    log,
    service: async () =>
      wireService({
        database,
        identity,
        verifyAccessToken: makeVerifyAccessToken({ supabaseUrl: url, jwtSecret: JWT_SECRET, now: Date.now }),
        allowedOrigins: [LOCAL_SITE],
        siteUrl: LOCAL_SITE,
        redirectUrls: [],
        now: Date.now,
        ...mails.parts,
        ...wideLimits(database, { now: Date.now }),
      }),
  });
  const send = async (request: ApiRequest) => {
    const answer = await call(handler, request);
    await mails.deliver();
    return answer;
  };
  return {
    adminUrl: testDatabase.adminUrl,
    lines,
    mail,
    send,
    post: (route, body, headers = {}) => send({ path: `/api/auth/${route}`, method: 'POST', body, headers }),
    get: (route, headers) => send({ path: `/api/auth/${route}`, headers }),
    browser: () =>
      createClient(url, PUBLISHABLE_KEY, { auth: { persistSession: false, autoRefreshToken: false } }),
    codeFor: (email) => /\b\d{6}\b/.exec(mail.messages(email)[0]?.text ?? '')?.[0] ?? 'none',
    close: async () => {
      await supabase.close();
      await mail.close();
      await database.close();
      await testDatabase.drop();
    },
  };
};
