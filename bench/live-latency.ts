import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@supabase/supabase-js';
import { SignJWT } from 'jose';
import { Client } from 'pg';
import { LOCAL_KEYS } from '../local/parts/local-keys';
import { startDatabase } from '../local/parts/start-database';
import { freePort } from '../local/ports/free-port';
import { dropSlot } from '../local/realtime/feed/replication-slot';
import { startRealtime } from '../local/realtime/start-realtime';
import { type Measurement, median, percentile } from './measurement';

const ROUNDS = 400;
/** The first ones fill caches and plans. */
const WARM_UP = 50;

/**
 * From the moment a COMMIT is sent until supabase-js hands the row to its subscriber, under row-level security, ÷ the same
 * moment until another connection has the notification of the same transaction (LISTEN/NOTIFY, the bare way out of Postgres).
 * One transaction at a time, with fsync on; both sides wait for the same commits.
 */
export const liveLatency = async (): Promise<readonly Measurement[]> => {
  const stateDir = mkdtempSync(join(tmpdir(), 'tandem-bench-'));
  const root = join(__dirname, '..');
  const onLog = () => undefined;
  const server = await startDatabase({ root, stateDir, port: await freePort(), durable: true, onLog });
  const { supabaseJwtSecret: jwtSecret, supabasePublishableKey: publishableKey } = LOCAL_KEYS;
  const keys = { jwtSecret, publishableKey, secretKey: LOCAL_KEYS.supabaseSecretKey };
  const rosterFile = join(stateDir, 'realtime.json');
  const realtime = await startRealtime({ port: 0, databaseUrl: server.url(), rosterFile, ...keys }, onLog);
  let disconnect = async (): Promise<unknown> => undefined;
  const [writer, listener] = [new Client(server.url()), new Client(server.url())];
  try {
    await Promise.all([writer.connect(), listener.connect()]);
    const userId = randomUUID();
    await writer.query('insert into auth.users (id, email) values ($1, $2)', [
      userId,
      `${userId}@example.test`,
    ]);
    const live = await watchPayments(realtime.port, await tokenOf(userId, jwtSecret));
    disconnect = live.close;
    const bare = await watchNotices(listener);
    const sides = { live: [] as number[], bare: [] as number[] };
    for (let round = 0; round < WARM_UP + ROUNDS; round += 1) {
      const id = randomUUID();
      await writer.query('begin');
      await writer.query(INSERT, [id, userId, `pi_${id}`]);
      await writer.query(`select pg_notify('bench', $1)`, [id]);
      const arrivals = [live.next(id), bare.next(id)] as const;
      const sentAt = performance.now();
      const committed = writer.query('commit');
      const [liveAt, bareAt] = await Promise.all(arrivals);
      await committed;
      if (round < WARM_UP) continue;
      sides.live.push(liveAt - sentAt);
      sides.bare.push(bareAt - sentAt);
    }
    return [
      ['median', median] as const,
      ['p99', (values: readonly number[]) => percentile(values, 0.99)] as const,
    ].map(([name, of]) => ({
      what: `${name} from commit to supabase-js ÷ ${name} from commit to a bare LISTEN`,
      ratio: of(sides.live) / of(sides.bare),
      detail: `${of(sides.live).toFixed(1)} ÷ ${of(sides.bare).toFixed(1)} ms`,
    }));
  } finally {
    await disconnect();
    await Promise.all([writer.end(), listener.end()]);
    await realtime.close();
    await dropSlot(server.url());
    await server.close();
    rmSync(stateDir, { recursive: true, force: true });
  }
};

const INSERT = `insert into public.payments (id, user_id, provider, provider_ref, price_id, currency, amount_minor)
  values ($1, $2, 'stripe', $3, 'pro', 'USD', 1999)`;

/** Where something that is named will arrive, and when it did by performance.now(). */
interface Arrivals {
  readonly next: (id: string) => Promise<number>;
}

const collectArrivals = (): Arrivals & { readonly take: (id: string) => void } => {
  const waiting = new Map<string, (at: number) => void>();
  return {
    next: (id) => new Promise((resolve) => waiting.set(id, resolve)),
    take: (id) => {
      waiting.get(id)?.(performance.now());
      waiting.delete(id);
    },
  };
};

const watchPayments = async (
  port: number,
  token: string,
): Promise<Arrivals & { readonly close: () => Promise<unknown> }> => {
  const client = createClient(`http://127.0.0.1:${port}`, LOCAL_KEYS.supabasePublishableKey, {
    accessToken: async () => token,
  });
  await client.realtime.setAuth();
  const arrivals = collectArrivals();
  const channel = client.channel('bench', { config: { postgres_changes_options: { wait: true } } });
  channel.on<{ id: string }>(
    'postgres_changes',
    { event: 'INSERT', schema: 'public', table: 'payments' },
    ({ new: payment }) => arrivals.take(payment.id),
  );
  await new Promise<void>((resolve, reject) => {
    channel.subscribe((status, error) => (status === 'SUBSCRIBED' ? resolve() : reject(error ?? status)));
  });
  return { ...arrivals, close: () => client.realtime.disconnect() };
};

const watchNotices = async (listener: Client): Promise<Arrivals> => {
  const arrivals = collectArrivals();
  listener.on('notification', ({ payload }) => arrivals.take(payload ?? ''));
  await listener.query('listen bench');
  return arrivals;
};

const tokenOf = (userId: string, secret: string): Promise<string> =>
  new SignJWT({ role: 'authenticated', aud: 'authenticated' })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(userId)
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(secret));
