import { randomUUID } from 'node:crypto';
import type { Database } from '#shared/database/pool';
import { renderRebuild } from '../../local/rebuild/render-rebuild';
import { runRebuild } from '../../local/rebuild/run-rebuild';
import { dismissReviews } from '../../services/payment/sql/dismiss-reviews';
import type { Report } from '../../services/payment/use-cases/fold-reports';
import { reconcile } from '../../services/payment/use-cases/reconcile';
import { seededRandom } from '../simulation/random';
import { insertUser } from '../support/payment-rows';
import { openPaymentDatabase, type PaymentDatabase } from '../support/payment-service';
import { createTestDatabase, type TestDatabase } from '../support/postgres';
import {
  mixed,
  type PaymentHistory,
  payoutReports,
  paypalHistory,
  stripeHistory,
} from '../support/stored-histories';

let databases: PaymentDatabase;
let scratch: TestDatabase;
let admin: Database;

beforeEach(async () => {
  databases = await openPaymentDatabase();
  admin = databases.admin;
  scratch = await createTestDatabase();
});
afterEach(async () => {
  await scratch.drop();
  await databases.close();
});

const rebuild = () => runRebuild({ sourceUrl: databases.url, scratchUrl: scratch.adminUrl });

const openPayments = async (histories: readonly PaymentHistory[]): Promise<void> => {
  const user = await insertUser(admin, randomUUID());
  await admin.query(
    `insert into public.payments (id, user_id, provider, price_id, currency, amount_minor)
     select id, $2, provider, 'pro', currency, amount_minor
     from json_to_recordset($1::json) as t(id uuid, provider text, currency text, amount_minor bigint)`,
    [
      JSON.stringify(
        histories.map(({ id, provider, currency, amountMinor }) => ({
          id,
          provider,
          currency,
          amount_minor: amountMinor.toString(),
        })),
      ),
      user,
    ],
  );
};

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Several workers at once, each with batches of its own size, over reports in one common order. */
const work = async (reports: readonly Report[], seed: number, workers = 4): Promise<void> => {
  const queue = [...reports];
  const random = seededRandom(seed);
  const database = databases.as('tandem_reconcile', workers);
  await Promise.all(
    Array.from({ length: workers }, async () => {
      while (queue.length > 0) {
        const batch = queue.splice(0, 1 + random.below(10));
        // Two that contradict each other and come at once are refused together; the queue would bring them again.
        await reconcile({ database, sleep }, batch).catch(() => reconcile({ database, sleep }, batch));
      }
    }),
  );
};

const outcomes = async (): Promise<Record<string, number>> => {
  const { rows } = await admin.query<{ outcome: string; count: number }>(
    'select outcome, count(*)::int from private.inbox group by 1',
  );
  return Object.fromEntries(rows.map(({ outcome, count }) => [outcome, count]));
};

describe.each([1, 2])('histories with seed %i', (seed) => {
  it('rebuild to the same bytes, whatever came twice, late, early and at once', async () => {
    const random = seededRandom(seed);
    const histories = Array.from({ length: 90 }, (_, number) =>
      random.chance(0.6) ? stripeHistory(number, random) : paypalHistory(number, random),
    );
    await openPayments(histories);
    const payouts = Array.from({ length: 20 }, (_, number) => payoutReports(number, random)).flat();
    const reports = [...payouts, ...mixed(histories, random)];
    await work(reports, seed);
    const early = await outcomes();
    expect(early).toMatchObject({
      applied: expect.any(Number),
      held: expect.any(Number),
      review: expect.any(Number),
    });
    const first = await rebuild();
    expect(renderRebuild(first)).toMatch(/: equal\n/);
    expect(first.counts.payouts).toBeGreaterThan(20);
    expect(first.held).toBe(early.held);

    // What waited is tried again, a person looks at some of the rest, and everything comes once more.
    await scratch.drop();
    scratch = await createTestDatabase();
    const { rows } = await admin.query<{ provider: 'stripe' | 'paypal'; event_id: string }>(
      `select provider, event_id from private.inbox where outcome = 'review' order by event_id`,
    );
    const dismissed = rows.filter((_, index) => index % 2 === 0);
    await databases.as('postgres', 1).withConnection((tx) =>
      dismissReviews(
        tx,
        dismissed.map(({ provider, event_id: eventId }) => ({ provider, eventId })),
      ),
    );
    await work(random.shuffle(reports), seed + 1);
    expect(await outcomes()).toMatchObject({ dismissed: expect.any(Number) });
    expect(renderRebuild(await rebuild())).toMatch(/: equal\n/);
  });
});

describe('what is not as the inbox says', () => {
  const histories = [stripeHistory(1, seededRandom(5)), paypalHistory(2, seededRandom(5))];
  beforeEach(async () => {
    await openPayments(histories);
    await work(
      histories.flatMap(({ reports }) => reports),
      1,
      1,
    );
  });

  /** As nobody can but a superuser, past every trigger. */
  const tamper = (text: string) =>
    admin.withConnection(async (tx) => {
      await tx.query('begin');
      await tx.query('set local session_replication_role = replica');
      await tx.query(text);
      await tx.query('commit');
    });

  it.each([
    [
      'a status',
      `update public.payments set status = 'expired' where provider = 'stripe'`,
      /^payments .+: status "expired" rebuilt "\w+"$/m,
    ],
    [
      'a sum',
      'update public.payments set fee_minor = fee_minor + 1',
      /^payments .+: fee_minor \d+ rebuilt \d+$/m,
    ],
    [
      'a fact that nobody reported',
      `insert into private.payment_facts (payment_id, provider, kind, object_id, status, currency, amount_minor)
       select id, provider, 'cancellation', 'x', 'canceled', currency, 0 from public.payments where provider = 'stripe'`,
      /^payment_facts stripe:cancellation:x:canceled: only in the source/m,
    ],
    [
      'a lost booking',
      `delete from private.ledger_transactions; delete from private.ledger_entries`,
      /^ledger_transactions .+: only rebuilt/m,
    ],
    [
      'a lost report',
      `delete from private.inbox where source = 'webhook' and provider = 'paypal'`,
      /^payment_facts paypal:capture:CAP2:succeeded: only in the source/m,
    ],
    [
      'a report that nobody can read',
      `update private.inbox set observation = '{"ref":"pi_1"}' where observation is not null`,
      /^inbox .+ cannot be replayed: Error: not a record/m,
    ],
    [
      'another outcome',
      `update private.inbox set outcome = 'ignored' where body is not null and provider = 'stripe'`,
      /^inbox stripe:evt_.+: outcome "ignored" rebuilt "applied"/m,
    ],
  ])('%s is told, with both values', async (_, text, line) => {
    await tamper(text);
    const printed = renderRebuild(await rebuild());
    expect(printed).not.toContain('equal');
    expect(printed).toMatch(line);
  });

  it('is looked for only in an empty scratch database', async () => {
    await rebuild();
    await expect(rebuild()).rejects.toThrow('has payments already');
  });
});
