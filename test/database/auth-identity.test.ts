import { randomUUID } from 'node:crypto';
import { type Database, makeDatabase } from '#shared/database/pool';
import type { Queryable } from '#shared/database/queryable';
import type { AuthDemand, Authenticate } from '#shared/http/request';
import { makeAuthenticate } from '#shared/identity/authenticate';
import { SESSION_COOKIE } from '#shared/identity/session-cookie';
import { csrfTokenOf, hashSessionToken, makeSessionToken } from '#shared/identity/session-token';
import { createTestDatabase, type TestDatabase } from '../support/postgres';

const USER: AuthDemand = { liveSession: false, role: 'user' };
const LIVE: AuthDemand = { liveSession: true, role: 'user' };
const ADMIN: AuthDemand = { liveSession: false, role: 'admin' };
const DAY_MS = 86_400_000;

let testDatabase: TestDatabase;
let admin: Database;
let payment: Database;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  admin = makeDatabase({ connectionString: testDatabase.adminUrl, applicationName: 'test' });
  payment = makeDatabase({
    connectionString: testDatabase.urlFor('tandem_payment'),
    applicationName: 'payment',
  });
});

afterAll(async () => {
  await payment.close();
  await admin.close();
  await testDatabase.drop();
});

interface Account {
  readonly userId: string;
  readonly supabaseSessionId: string;
  readonly sessionId: string;
  readonly token: string;
}

const makeAccount = async (): Promise<Account> => {
  const userId = randomUUID();
  const supabaseSessionId = randomUUID();
  const token = makeSessionToken();
  await admin.query('insert into auth.users (id, email) values ($1, $2)', [userId, `${userId}@example.test`]);
  await admin.query('insert into auth.sessions (id, user_id) values ($1, $2)', [supabaseSessionId, userId]);
  const { rows } = await admin.query<{ id: string }>(
    `insert into private.sessions (user_id, token_hash, supabase_session_id, opened_by, idle_expires_at, absolute_expires_at)
     values ($1, $2, $3, 'password', now() + interval '14 days', now() + interval '90 days') returning id`,
    [userId, hashSessionToken(token), supabaseSessionId],
  );
  return { userId, supabaseSessionId, token, sessionId: rows[0]?.id ?? '' };
};

/** Access tokens of this file are `user/session`: their verification has its own test. */
const start = (shiftMs = 0): { authenticate: Authenticate; statements: string[] } => {
  const statements: string[] = [];
  const database: Queryable = {
    query: (text, values) => {
      statements.push(text);
      return payment.query(text, values);
    },
  };
  const authenticate = makeAuthenticate({
    database,
    now: () => Date.now() + shiftMs,
    verifyAccessToken: async (token) => {
      const [userId = '', sessionId = ''] = token.split('/');
      return token.includes('/') ? { userId, sessionId: sessionId === '' ? null : sessionId } : null;
    },
  });
  return { authenticate, statements };
};

const bearer = (token: string) => ({ bearer: token, cookies: new Map<string, string>() });
const cookie = (token: string) => ({ bearer: null, cookies: new Map([[SESSION_COOKIE, token]]) });
const accessToken = ({ userId, supabaseSessionId }: Account) => `${userId}/${supabaseSessionId}`;

test('an access token on an ordinary route costs no statement, one on a money route one', async () => {
  const account = await makeAccount();
  const { authenticate, statements } = start();
  expect(await authenticate(bearer(accessToken(account)), USER)).toEqual({
    userId: account.userId,
    sessionId: null,
    supabaseSessionId: account.supabaseSessionId,
    role: 'user',
    via: 'bearer',
    csrfToken: null,
  });
  expect(statements).toHaveLength(0);
  expect(await authenticate(bearer(accessToken(account)), LIVE)).toMatchObject({
    sessionId: account.sessionId,
  });
  expect(statements).toHaveLength(1);
});

test('an opaque token is always looked up, by one statement, from the header or the cookie', async () => {
  const account = await makeAccount();
  const { authenticate, statements } = start();
  const identity = {
    userId: account.userId,
    sessionId: account.sessionId,
    supabaseSessionId: account.supabaseSessionId,
    role: 'user',
  };
  expect(await authenticate(bearer(account.token), USER)).toEqual({
    ...identity,
    via: 'bearer',
    csrfToken: null,
  });
  expect(await authenticate(cookie(account.token), USER)).toEqual({
    ...identity,
    via: 'cookie',
    csrfToken: csrfTokenOf(account.token),
  });
  expect(statements).toHaveLength(2);
});

test('an access token in the cookie is nobody', async () => {
  const account = await makeAccount();
  expect(await start().authenticate(cookie(accessToken(account)), USER)).toBeNull();
});

test('roles come from private.roles, and are asked for only where they matter', async () => {
  const account = await makeAccount();
  const { authenticate } = start();
  for (const role of ['support', 'admin'] as const) {
    await admin.query(
      `insert into private.roles (user_id, role) values ($1, $2)
       on conflict (user_id) do update set role = excluded.role`,
      [account.userId, role],
    );
    expect(await authenticate(bearer(account.token), ADMIN)).toMatchObject({ role });
    expect(await authenticate(bearer(accessToken(account)), ADMIN)).toMatchObject({ role });
  }
  expect(await authenticate(bearer(accessToken(account)), USER)).toMatchObject({ role: 'user' });
});

describe('an ended session', () => {
  const ends: [string, (account: Account) => Promise<unknown>][] = [
    [
      'ended here',
      ({ sessionId }) =>
        admin.query(
          "update private.sessions set ended_at = now(), ended_because = 'signed_out' where id = $1",
          [sessionId],
        ),
    ],
    [
      'idle for too long',
      ({ sessionId }) =>
        admin.query("update private.sessions set idle_expires_at = now() - interval '10 ms' where id = $1", [
          sessionId,
        ]),
    ],
    [
      'signed out at Supabase',
      ({ supabaseSessionId }) => admin.query('delete from auth.sessions where id = $1', [supabaseSessionId]),
    ],
    [
      'past its end at Supabase',
      ({ supabaseSessionId }) =>
        admin.query("update auth.sessions set not_after = now() - interval '10 ms' where id = $1", [
          supabaseSessionId,
        ]),
    ],
    [
      'of a banned account',
      ({ userId }) =>
        admin.query("update auth.users set banned_until = now() + interval '1 hour' where id = $1", [userId]),
    ],
  ];
  test.each(ends)('%s is told from a bad credential', async (_how, end) => {
    const account = await makeAccount();
    await end(account);
    const { authenticate } = start();
    const ended = { code: 'session_ended' };
    await expect(authenticate(bearer(account.token), USER)).rejects.toMatchObject(ended);
    await expect(authenticate(cookie(account.token), LIVE)).rejects.toMatchObject(ended);
    await expect(authenticate(bearer(accessToken(account)), LIVE)).rejects.toMatchObject(ended);
    await expect(authenticate(bearer(accessToken(account)), ADMIN)).rejects.toMatchObject(ended);
  });

  test('a ban that is over bans nobody', async () => {
    const account = await makeAccount();
    await admin.query("update auth.users set banned_until = now() - interval '1 s' where id = $1", [
      account.userId,
    ]);
    expect(await start().authenticate(bearer(account.token), LIVE)).not.toBeNull();
  });
});

describe('an access token on a money route', () => {
  test('needs no session of ours, but one of Supabase that is its own', async () => {
    const one = await makeAccount();
    const two = await makeAccount();
    const { authenticate } = start();
    await admin.query('delete from private.sessions where id = $1', [one.sessionId]);
    expect(await authenticate(bearer(accessToken(one)), LIVE)).toMatchObject({ sessionId: null });
    const crossed = `${one.userId}/${two.supabaseSessionId}`;
    await expect(authenticate(bearer(crossed), LIVE)).rejects.toMatchObject({ code: 'session_ended' });
  });

  test('that names no session is not enough', async () => {
    const { userId } = await makeAccount();
    expect(await start().authenticate(bearer(`${userId}/`), LIVE)).toBeNull();
    expect(await start().authenticate(bearer(`${userId}/`), USER)).not.toBeNull();
  });
});

describe('use', () => {
  const expiry = async ({ sessionId }: Account) => {
    const { rows } = await admin.query<{ used: Date; idle: Date; absolute: Date }>(
      `select last_used_at as used, idle_expires_at as idle, absolute_expires_at as absolute
       from private.sessions where id = $1`,
      [sessionId],
    );
    const [row] = rows;
    if (row === undefined) throw new Error('no session');
    return { used: row.used.getTime(), idle: row.idle.getTime(), absolute: row.absolute.getTime() };
  };

  test('is noted once a minute and moves the idle end, never past the absolute one', async () => {
    const account = await makeAccount();
    const first = await expiry(account);
    await start().authenticate(bearer(account.token), USER);
    expect(await expiry(account)).toEqual(first);

    await start(DAY_MS).authenticate(bearer(account.token), USER);
    const second = await expiry(account);
    expect(Math.abs(second.idle - first.idle - DAY_MS)).toBeLessThan(5_000);
    await start(2 * DAY_MS).authenticate(bearer(accessToken(account)), LIVE);
    expect((await expiry(account)).used).toBeGreaterThan(second.used);

    await admin.query(
      "update private.sessions set absolute_expires_at = now() + interval '20 days' where id = $1",
      [account.sessionId],
    );
    await start(10 * DAY_MS).authenticate(bearer(account.token), USER);
    const last = await expiry(account);
    expect(last.idle).toBe(last.absolute);
  });

  test('of an ended session changes nothing', async () => {
    const account = await makeAccount();
    await admin.query(
      "update private.sessions set idle_expires_at = now() - interval '10 ms' where id = $1",
      [account.sessionId],
    );
    const before = await expiry(account);
    await expect(start(DAY_MS).authenticate(bearer(account.token), USER)).rejects.toThrow();
    expect(await expiry(account)).toEqual(before);
  });

  test('by many at once answers all', async () => {
    const account = await makeAccount();
    const { authenticate } = start(DAY_MS);
    const all = await Promise.all(
      Array.from({ length: 20 }, () => authenticate(bearer(account.token), USER)),
    );
    expect(new Set(all.map((identity) => identity?.sessionId))).toEqual(new Set([account.sessionId]));
  });
});

test('a database that is away is no verdict on the caller', async () => {
  const nowhere = makeDatabase({ connectionString: 'postgres://x:x@127.0.0.1:1/x', applicationName: 'x' });
  const authenticate = makeAuthenticate({
    database: nowhere,
    now: Date.now,
    verifyAccessToken: async () => null,
  });
  await expect(authenticate(bearer(makeSessionToken()), USER)).rejects.toMatchObject({
    code: 'database_unavailable',
  });
  await nowhere.close();
});
