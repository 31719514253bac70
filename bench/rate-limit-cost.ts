import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RateLimiterPostgres } from 'rate-limiter-flexible';
import { type Database, makeDatabase } from '#shared/database/pool';
import type { LimitCheck } from '#shared/http/rate-limiter';
import { findSessionByToken } from '#shared/identity/find-session';
import { hashSessionToken, makeSessionToken } from '#shared/identity/session-token';
import { postgresLimitStore } from '#shared/limits/postgres-limit-store';
import { startDatabase } from '../local/parts/start-database';
import { freePort } from '../local/ports/free-port';
import { localPassword } from '../local/postgres/start-postgres';
import { type Measurement, median } from './measurement';

const USERS = 50;
const ROUNDS = 1_500;

/**
 * What counting a call costs a route that looks its session up: the session check that counts on the side, and the same check
 * followed by a statement of its own (ours, and rate-limiter-flexible's), each ÷ the session check alone. One connection, the
 * four sides by turns. The socket is local: over a network each round trip costs its time on top.
 */
export const rateLimitCost = async (): Promise<readonly Measurement[]> => {
  const stateDir = mkdtempSync(join(tmpdir(), 'tandem-bench-'));
  const port = await freePort();
  const root = join(__dirname, '..');
  const server = await startDatabase({ root, stateDir, port, durable: true, onLog: () => undefined });
  const connect = (connectionString: string): Database =>
    makeDatabase({ connectionString, applicationName: 'bench' });
  const admin = connect(server.url());
  const service = connect(
    `postgres://tandem_payment:${localPassword('tandem_payment')}@127.0.0.1:${port}/postgres`,
  );
  try {
    const users = await openSessions(admin);
    const sides = await makeSides(admin, service);
    const times = new Map<string, number[]>(Object.keys(sides).map((name) => [name, []]));
    for (let round = 0; round < ROUNDS; round += 1) {
      const user = users[round % USERS];
      if (user === undefined) continue;
      for (const [name, run] of Object.entries(sides)) {
        const started = performance.now();
        await run(user);
        times.get(name)?.push(performance.now() - started);
      }
    }
    const middle = (name: string): number => median(times.get(name) ?? []);
    const base = middle('session check');
    return Object.keys(sides)
      .filter((name) => name !== 'session check')
      .map((name) => ({
        what: `${name} ÷ session check`,
        ratio: middle(name) / base,
        detail: `${middle(name).toFixed(2)} ÷ ${base.toFixed(2)} ms`,
      }));
  } finally {
    await service.close();
    await admin.close();
    await server.close();
    rmSync(stateDir, { recursive: true, force: true });
  }
};

interface User {
  readonly id: string;
  readonly tokenHash: Buffer;
}

const openSessions = async (admin: Database): Promise<readonly User[]> => {
  const users: User[] = [];
  for (let n = 0; n < USERS; n += 1) {
    const [id, supabaseSession] = [randomUUID(), randomUUID()];
    const tokenHash = hashSessionToken(makeSessionToken());
    await admin.query('insert into auth.users (id, email) values ($1, $2)', [id, `${id}@example.test`]);
    await admin.query('insert into auth.sessions (id, user_id) values ($1, $2)', [supabaseSession, id]);
    await admin.query(
      `insert into private.sessions (user_id, token_hash, supabase_session_id, opened_by, idle_expires_at, absolute_expires_at)
       values ($1, $2, $3, 'password', now() + interval '1 day', now() + interval '2 days')`,
      [id, tokenHash, supabaseSession],
    );
    users.push({ id, tokenHash });
  }
  return users;
};

type Side = (user: User) => Promise<unknown>;

const makeSides = async (admin: Database, service: Database): Promise<Readonly<Record<string, Side>>> => {
  await admin.query(
    'create unlogged table public.bench_limits (key varchar(255) primary key, points integer not null, expire bigint)',
  );
  await admin.query('grant all on public.bench_limits to tandem_payment');
  const library = new RateLimiterPostgres({
    // Without the names of prepared statements, which a transaction pooler does not keep.
    storeClient: {
      query: ({ text, values }: { readonly text: string; readonly values: unknown[] }) =>
        service.query(text, values),
    },
    storeType: 'client',
    tableName: 'bench_limits',
    schemaName: 'public',
    tableCreated: true,
    clearExpiredByTimeout: false,
    points: 1_000_000,
    duration: 60,
  });
  const store = postgresLimitStore(service);
  const check = (whom: string): LimitCheck => ({
    key: `user GET /bench ${whom}`,
    limit: 1_000_000,
    windowMs: 60_000,
  });
  const session = ({ tokenHash }: User, count: LimitCheck | null = null) =>
    findSessionByToken(service, { tokenHash, nowMs: Date.now(), count });
  return {
    'session check': (user) => session(user),
    'session check that counts': (user) => session(user, check('')),
    'session check and a count of its own': async (user) => {
      await session(user);
      await store.take(check(`${user.id} alone`), Date.now());
    },
    'session check and rate-limiter-flexible on Postgres': async (user) => {
      await session(user);
      await library.consume(user.id);
    },
  };
};
