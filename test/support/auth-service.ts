import { type Database, makeDatabase } from '#shared/database/pool';
import { useEnglishMessages } from '#shared/http/english-messages';
import { httpHandler } from '#shared/http/http-handler';
import { makeVerifyAccessToken } from '#shared/identity/verify-access-token';
import type { IdentityProvider } from '../../services/auth/ports';
import { wireService } from '../../services/auth/wire-service';
import { type ApiAnswer, type ApiRequest, call } from './api-event';
import { FAKE_JWT_SECRET, type FakeIdentity, makeFakeIdentity } from './fake-identity';
import { type LogLine, makeKeptLog } from './kept-log';
import { createTestDatabase } from './postgres';
import { makeTestMails, type TestMails } from './test-mails';
import { wideLimits } from './wide-limits';

export const SITE = 'https://app.example.test';
export const PASSWORD = 'correct horse battery';

/** The auth service as deployed, on a real Postgres as its own role, with an identity provider of the test's. */
export interface AuthTest {
  readonly identity: FakeIdentity;
  /** Delivered after each answer, unless they are held. */
  readonly mails: TestMails;
  readonly lines: LogLine[];
  readonly send: (request: ApiRequest) => Promise<ApiAnswer>;
  readonly post: (route: string, body?: unknown, headers?: ApiRequest['headers']) => Promise<ApiAnswer>;
  readonly get: (route: string, headers?: ApiRequest['headers']) => Promise<ApiAnswer>;
  readonly remove: (route: string, headers: ApiRequest['headers'], body?: unknown) => Promise<ApiAnswer>;
  /** Lets time pass for the service, in milliseconds; the database's own clock goes on as it does. */
  readonly advance: (ms: number) => void;
  readonly signUp: (email?: string) => Promise<SignedUp>;
}

export interface SignedUp {
  readonly id: string;
  readonly email: string;
  readonly token: string;
  readonly access: string;
  readonly answer: ApiAnswer;
}

export interface AuthTestOptions {
  readonly confirmEmails?: boolean;
  /** Multiplies every limit. Default: a thousand. */
  readonly limitFactor?: number;
  /** Whether what waits behind the answers is left to the test. */
  readonly holdMails?: boolean;
}

export interface AuthTestDatabase {
  /** The superuser: arranging and looking. */
  readonly admin: Database;
  readonly as: (role: string) => Database;
  readonly start: (options?: AuthTestOptions) => AuthTest;
  /** With another identity provider than the fake one. */
  readonly startWith: (identity: IdentityProvider) => Omit<AuthTest, 'identity'>;
  readonly close: () => Promise<void>;
}

/** A database of its own on which any number of services can be started. */
export const openAuthTest = async (): Promise<AuthTestDatabase> => {
  useEnglishMessages();
  const testDatabase = await createTestDatabase();
  const pools: Database[] = [];
  const open = (connectionString: string, max = 4): Database => {
    const pool = makeDatabase({ connectionString, applicationName: 'test', max });
    pools.push(pool);
    return pool;
  };
  const admin = open(testDatabase.adminUrl);
  const database = open(testDatabase.urlFor('tandem_auth'));
  return {
    admin,
    as: (role) => open(testDatabase.urlFor(role)),
    start: (options = {}) => startService(database, makeFakeIdentity({ admin, ...options }), options),
    startWith: (identity) => startService(database, identity, {}),
    close: async () => {
      await Promise.all(pools.map((pool) => pool.close()));
      await testDatabase.drop();
    },
  };
};

const startService = <I extends IdentityProvider>(
  database: Database,
  identity: I,
  options: AuthTestOptions,
): Omit<AuthTest, 'identity'> & { readonly identity: I } => {
  const { log, lines } = makeKeptLog();
  let shift = 0;
  const now = () => Date.now() + shift;
  const verifyAccessToken = makeVerifyAccessToken({
    supabaseUrl: 'http://supabase.test',
    jwtSecret: FAKE_JWT_SECRET,
    now: Date.now,
    loadKeySet: async () => ({ keys: [] }),
  });
  const mails = makeTestMails(database, identity, { now, siteUrl: SITE });
  const handler = httpHandler({
    log,
    service: async () =>
      wireService({
        database,
        identity,
        verifyAccessToken,
        allowedOrigins: [SITE],
        siteUrl: SITE,
        redirectUrls: [],
        now,
        ...mails.parts,
        ...wideLimits(database, { now, factor: options.limitFactor ?? 1_000 }),
      }),
  });
  const send = async (request: ApiRequest) => {
    const answer = await call(handler, request);
    if (!options.holdMails) await mails.deliver();
    return answer;
  };
  const post: AuthTest['post'] = (route, body = {}, headers = {}) =>
    send({ path: `/api/auth/${route}`, body, headers, method: 'POST' });
  return {
    identity,
    mails,
    lines,
    send,
    post,
    get: (route, headers = {}) => send({ path: `/api/auth/${route}`, headers }),
    remove: (route, headers = {}, body) => {
      const [path = '', search] = route.split('?');
      const query = search === undefined ? {} : { query: Object.fromEntries(new URLSearchParams(search)) };
      const sent = body === undefined ? {} : { body };
      return send({ method: 'DELETE', path: `/api/auth/${path}`, headers, ...query, ...sent });
    },
    advance: (ms) => {
      shift += ms;
    },
    signUp: async (email = newEmail()) => {
      const answer = await post('signup', { email, password: PASSWORD, name: 'Ada' });
      if (answer.status !== 201) throw new Error(`sign-up: ${answer.status}`);
      const { user, supabase_session: session } = answer.body;
      return { id: user.id, email, token: user.token, access: session.access_token, answer };
    },
  };
};

let counter = 0;

export const newEmail = (): string => {
  counter += 1;
  return `user-${counter}-${process.pid}@example.test`;
};

export const bearer = (token: string): { readonly Authorization: string } => ({
  Authorization: `Bearer ${token}`,
});

/** The first cookie of an answer as a browser sends it back. */
export const cookieOf = (answer: ApiAnswer): string => (answer.cookies[0] ?? '').split(';')[0] ?? '';
