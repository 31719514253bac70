import { createHash, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Database, makeDatabase } from '#shared/database/pool';
import type { ProviderEventMessage } from '#shared/messages/provider-event';
import { startDatabase } from '../local/parts/start-database';
import { freePort } from '../local/ports/free-port';
import { localPassword } from '../local/postgres/start-postgres';
import { readStripeEvent } from '../services/payment/providers/read-stripe-event';
import { applyMessages } from '../services/payment/use-cases/apply-messages';
import { type Measurement, median } from './measurement';

const EVENTS = 2_000;
const CONNECTIONS = 4;
const ROUNDS = 3;

/**
 * Events a second through the whole reconciler (parse, load, fold, write facts, ledger, inbox and state) ÷ events a second of
 * bare single-row upserts of the same payloads, on the same Postgres and as many connections, with fsync on.
 */
export const reconcileThroughput = async (): Promise<readonly Measurement[]> => {
  const stateDir = mkdtempSync(join(tmpdir(), 'tandem-bench-'));
  const port = await freePort();
  const server = await startDatabase({
    root: join(__dirname, '..'),
    stateDir,
    port,
    durable: true,
    onLog: () => undefined,
  });
  const connect = (role: string): Database =>
    makeDatabase({
      connectionString: `postgres://${role}:${localPassword(role)}@127.0.0.1:${port}/postgres`,
      applicationName: 'bench',
      max: CONNECTIONS,
    });
  const owner = connect('postgres');
  const service = connect('tandem_reconcile');
  try {
    await owner.query('create table if not exists public.bench_upsert (id text primary key, body json)');
    const user = randomUUID();
    await makeDatabase({ connectionString: server.url(), applicationName: 'bench' }).query(
      'insert into auth.users (id, email) values ($1, $2)',
      [user, 'bench@example.test'],
    );
    const rates = { upsert: [] as number[], ten: [] as number[], hundred: [] as number[] };
    for (let round = 0; round < ROUNDS; round += 1) {
      rates.upsert.push(
        await rate(() =>
          upsertAll(
            owner,
            makeEvents(`u${round}`).map(({ message }) => message),
          ),
        ),
      );
      for (const [name, size] of [
        ['ten', 10],
        ['hundred', 100],
      ] as const) {
        const events = makeEvents(`${name}${round}`);
        await openPayments(owner, user, events);
        rates[name].push(
          await rate(() =>
            reconcileAll(
              service,
              events.map(({ message }) => message),
              size,
            ),
          ),
        );
      }
    }
    const base = median(rates.upsert);
    return (['ten', 'hundred'] as const).map((name) => ({
      what: `reconciled events/s, batches of ${name === 'ten' ? 10 : 100} ÷ single-row upserts/s, ${CONNECTIONS} connections`,
      ratio: median(rates[name]) / base,
      detail: `${median(rates[name]).toFixed(0)} ÷ ${base.toFixed(0)} events/s`,
    }));
  } finally {
    await Promise.all([owner.close(), service.close()]);
    await server.close();
    rmSync(stateDir, { recursive: true, force: true });
  }
};

interface BenchEvent {
  readonly paymentId: string;
  readonly intentId: string;
  readonly message: ProviderEventMessage;
}

const makeEvents = (prefix: string): readonly BenchEvent[] =>
  Array.from({ length: EVENTS }, (_, index) => {
    const paymentId = randomUUID();
    const intentId = `pi_${prefix}_${index}`;
    const body = JSON.stringify({
      id: `evt_${prefix}_${index}`,
      type: 'payment_intent.succeeded',
      created: 1_760_000_000,
      data: {
        object: {
          object: 'payment_intent',
          id: intentId,
          status: 'succeeded',
          amount: 1999,
          amount_received: 1999,
          currency: 'usd',
          metadata: { payment_id: paymentId },
          latest_charge: `ch_${prefix}_${index}`,
          // As much as a real event carries beside what we read.
          padding: 'x'.repeat(1_500),
        },
      },
    });
    const message: ProviderEventMessage = {
      version: 1,
      provider: 'stripe',
      eventId: `evt_${prefix}_${index}`,
      eventType: 'payment_intent.succeeded',
      mode: 'test',
      account: null,
      receivedAt: '2026-01-01T00:00:00.000Z',
      sha256: createHash('sha256').update(body).digest('hex'),
      transmissionId: null,
      body,
    };
    return { paymentId, intentId, message };
  });

const openPayments = async (owner: Database, user: string, events: readonly BenchEvent[]): Promise<void> => {
  await owner.query(
    `insert into public.payments (id, user_id, provider, provider_ref, price_id, currency, amount_minor)
     select id, $3::uuid, 'stripe', ref, 'pro', 'USD', 1999 from unnest($1::uuid[], $2::text[]) as t(id, ref)`,
    [events.map(({ paymentId }) => paymentId), events.map(({ intentId }) => intentId), user],
  );
};

/** Events a second. */
const rate = async (work: () => Promise<void>): Promise<number> => {
  const started = performance.now();
  await work();
  return (EVENTS * 1000) / (performance.now() - started);
};

/** As many workers as connections, each taking the next item when it is done. */
const inParallel = async <Item>(
  items: readonly Item[],
  work: (item: Item) => Promise<void>,
): Promise<void> => {
  const queue = items.values();
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      for (const item of queue) await work(item);
    }),
  );
};

const upsertAll = (db: Database, messages: readonly ProviderEventMessage[]): Promise<void> =>
  inParallel(messages, async ({ eventId, body }) => {
    await db.query(
      'insert into public.bench_upsert (id, body) values ($1, $2) on conflict (id) do update set body = excluded.body',
      [eventId, body],
    );
  });

const reconcileAll = (
  database: Database,
  messages: readonly ProviderEventMessage[],
  size: number,
): Promise<void> => {
  const batches = Array.from({ length: Math.ceil(messages.length / size) }, (_, index) =>
    messages.slice(index * size, (index + 1) * size),
  );
  const deps = {
    database,
    sleep,
    mode: 'test',
    read: async ({ body }: Pick<ProviderEventMessage, 'body'>) => ({
      reading: readStripeEvent(body),
      observation: null,
    }),
  } as const;
  return inParallel(batches, async (batch) => {
    const queued = batch.map((message) => ({ messageId: message.eventId, body: JSON.stringify(message) }));
    for (const verdict of (await applyMessages(deps, queued)).values()) {
      if (!verdict.done) throw verdict.error;
    }
  });
};
