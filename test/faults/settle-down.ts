import type { Tandem } from '../../local/tandem';
import type { OwnerDatabase } from './owner-database';

/** Rounds at most; each lets every delivery be sent, the queue run empty, and the sweep look at everything. */
const MOST_ROUNDS = 12;
/** Longer than a message is hidden after it was received. Milliseconds. */
const PAST_VISIBILITY_MS = 181_000;

/**
 * Lets what is under way come to its end: deliveries that nobody answered 2xx are sent again as their provider would, hidden
 * messages come back, dead letters are put back once, the sweep runs. Ends when a round changed nothing.
 *
 * @returns how many rounds it took, and how many messages had become dead letters
 */
export const settleDown = async (
  tandem: Tandem,
  db: OwnerDatabase,
): Promise<{ readonly rounds: number; readonly deadLetters: number }> => {
  let before = '';
  let deadLetters = 0;
  for (let round = 1; round <= MOST_ROUNDS; round += 1) {
    await resendUndelivered(tandem);
    deadLetters += await emptyQueues(tandem);
    await letTimePass(db);
    await tandem.schedules.trigger(sweepName(tandem));
    const now = await fingerprint(db);
    if (now === before) return { rounds: round, deadLetters };
    before = now;
  }
  return { rounds: MOST_ROUNDS, deadLetters };
};

export const sweepName = ({ schedules }: Tandem): string => {
  const name = schedules.names().find((one) => /open.?payments|sweep/i.test(one)) ?? schedules.names()[0];
  if (name === undefined) throw new Error('the assembly has no schedule');
  return name;
};

/** Makes every open payment and call old enough for the sweep, and every claim of a dead process old enough to be taken over. */
export const letTimePass = async (db: OwnerDatabase): Promise<void> => {
  await db.query(`update public.payments set created_at = now() - interval '3 minutes'
    where created_at > now() - interval '3 minutes'`);
  await db.query(`update private.provider_calls
    set created_at = least(created_at, now() - interval '3 minutes'), attempted_at = least(attempted_at, now() - interval '3 minutes')
    where state in ('intended', 'unknown')`);
  await db.query(`update private.payment_sweeps set next_at = now() where next_at > now()`);
};

/**
 * Claims are believed for 35 s; here that time passes at once for those that were made before any call that still runs, and
 * so belong to the dead.
 */
export const letClaimsLapse = async (db: OwnerDatabase, oldestCallMs: number): Promise<void> => {
  await db.query(
    `update private.idempotency_keys set claimed_at = claimed_at - interval '36 seconds'
     where state = 'in_flight' and claimed_at > 'epoch' and claimed_at < to_timestamp($1::double precision / 1000)`,
    [oldestCallMs],
  );
};

const resendUndelivered = async ({ doubles }: Tandem): Promise<void> => {
  for (const double of [doubles.stripe, doubles.paypal]) {
    if (double === undefined) continue;
    await double.deliveries.drain();
    const all = double.deliveries.list();
    const arrived = new Set(all.filter(({ state }) => state === 'delivered').map(({ eventId }) => eventId));
    const waiting = all.filter(({ state, eventId }) => state !== 'dropped' && !arrived.has(eventId));
    for (const eventId of new Set(waiting.map((delivery) => delivery.eventId)))
      double.deliveries.resend(eventId);
    await double.deliveries.drain();
  }
};

/** @returns how many dead letters were put back */
const emptyQueues = async ({ queue }: Tandem): Promise<number> => {
  if (queue === undefined) return 0;
  let dead = 0;
  const until = Date.now() + 60_000;
  let hiddenSince = Date.now();
  while (Date.now() < until) {
    const counts = Object.entries(queue.allCounts());
    const [deadName, letters] = counts.find(([name]) => /dead/i.test(name)) ?? ['', undefined];
    if (letters !== undefined && letters.visible > 0) {
      dead += letters.visible;
      await redrive(queue.url, deadName);
    }
    const total = counts.reduce(
      (sum, [, { visible, inFlight, delayed }]) => sum + visible + inFlight + delayed,
      0,
    );
    if (total === 0) return dead;
    if (counts.some(([, { visible }]) => visible > 0)) hiddenSince = Date.now();
    if (Date.now() - hiddenSince > 2_000) {
      queue.advance(PAST_VISIBILITY_MS);
      hiddenSince = Date.now();
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return dead;
};

const redrive = async (url: string, name: string): Promise<void> => {
  await fetch(url, {
    method: 'POST',
    headers: {
      'x-amz-target': 'AmazonSQS.StartMessageMoveTask',
      'content-type': 'application/x-amz-json-1.0',
    },
    body: JSON.stringify({ SourceArn: `arn:aws:sqs:us-east-1:000000000000:${name}` }),
  });
};

const fingerprint = async (db: OwnerDatabase): Promise<string> => {
  const [row] = await db.query<{ state: string }>(
    `select concat_ws(' ',
       (select count(*) from private.payment_facts), (select count(*) from private.ledger_transactions),
       (select sum(version) from public.payments),
       (select count(*) from private.provider_calls where state in ('intended', 'unknown')),
       (select count(*) from private.inbox where outcome in ('held', 'review'))) as state`,
  );
  return row?.state ?? '';
};
