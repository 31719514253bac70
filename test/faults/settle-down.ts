import type { Outcome } from '../../local/lambda/invocation';
import type { Tandem } from '../../local/tandem';
import { PAST_VISIBILITY_MS } from './disturb-queue';
import { findUnsettled } from './find-unsettled';
import type { OwnerDatabase } from './owner-database';
import { letProvidersFinish, letTimePass } from './pass-time';

/** Rounds at most; each lets every delivery be sent, the queue run empty, and the sweep look at everything. */
const MOST_ROUNDS = 12;

export interface Settled {
  readonly rounds: number;
  /** How many messages had become dead letters. */
  readonly deadLetters: number;
  /** What never came to its end, and why the last round was not a quiet one. */
  readonly unsettled: readonly string[];
}

/**
 * Lets what is under way come to its end: providers finish what they do by themselves, deliveries that nobody answered 2xx are
 * sent again as their provider would, hidden messages come back, dead letters are put back, the sweeps run. Ends with a round
 * that changed nothing; where a sweep failed in it, or something still waits for an outcome, that is a finding. Must not begin
 * before all calls have ended and no process is frozen or carries a fault: see Strikes.disarm.
 */
export const settleDown = async (tandem: Tandem, db: OwnerDatabase): Promise<Settled> => {
  let before = '';
  let deadLetters = 0;
  for (let round = 1; ; round += 1) {
    await letProvidersFinish(tandem);
    await resendUndelivered(tandem);
    const { dead, left } = await emptyQueues(tandem);
    deadLetters += dead;
    await letTimePass(db, 'all');
    const troubles = await runSweeps(tandem);
    if (left > 0) troubles.push(`messages stay on the queues: ${JSON.stringify(tandem.queue?.allCounts())}`);
    const unsettled = [...troubles, ...(await findUnsettled(db))];
    const now = await fingerprint(db);
    if (now === before || round === MOST_ROUNDS) return { rounds: round, deadLetters, unsettled };
    before = now;
  }
};

/**
 * Runs the sweeps whose name fits, one after the other; default all.
 *
 * @returns what a sweep could not do, or that it did not run to its end
 */
export const runSweeps = async ({ schedules }: Tandem, names = /./): Promise<string[]> => {
  const troubles: string[] = [];
  for (const name of schedules.names().filter((one) => names.test(one))) {
    const outcome = await schedules.trigger(name);
    const trouble = troubleOf(outcome);
    if (trouble !== null) troubles.push(`${name}: ${trouble}`);
  }
  return troubles;
};

const troubleOf = (outcome: Outcome | undefined): string | null => {
  if (outcome === undefined || outcome.throttled) return 'did not run';
  if (outcome.functionError !== undefined) return outcome.payload.slice(0, 300);
  const counts = Object.entries(JSON.parse(outcome.payload) as Record<string, { readonly failed?: number }>);
  const failed = counts.filter(([, count]) => (count.failed ?? 0) > 0);
  return failed.length === 0
    ? null
    : failed.map(([task, count]) => `${task} failed ${count.failed}`).join(', ');
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

/** Milliseconds without progress after which what is left on the queues is a finding. */
const PATIENCE_MS = 30_000;

/** @returns how many dead letters were put back, and how many messages nobody could deal with */
export const emptyQueues = async ({
  queue,
}: Tandem): Promise<{ readonly dead: number; readonly left: number }> => {
  if (queue === undefined) return { dead: 0, left: 0 };
  let dead = 0;
  let least = Number.POSITIVE_INFINITY;
  let progressAt = Date.now();
  let hiddenSince = Date.now();
  for (;;) {
    const counts = Object.entries(queue.allCounts());
    for (const [name, { visible }] of counts) {
      if (visible === 0 || !/dead/i.test(name)) continue;
      dead += visible;
      await redrive(queue.url, name);
    }
    const left = counts.reduce(
      (sum, [, { visible, inFlight, delayed }]) => sum + visible + inFlight + delayed,
      0,
    );
    if (left < least) {
      least = left;
      progressAt = Date.now();
    }
    if (left === 0 || Date.now() - progressAt > PATIENCE_MS) return { dead, left };
    if (counts.some(([, { visible }]) => visible > 0)) hiddenSince = Date.now();
    if (Date.now() - hiddenSince > 2_000) {
      queue.advance(PAST_VISIBILITY_MS);
      hiddenSince = Date.now();
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
};

const redrive = async (url: string, name: string): Promise<void> => {
  const answer = await fetch(url, {
    method: 'POST',
    headers: {
      'x-amz-target': 'AmazonSQS.StartMessageMoveTask',
      'content-type': 'application/x-amz-json-1.0',
    },
    body: JSON.stringify({ SourceArn: `arn:aws:sqs:us-east-1:000000000000:${name}` }),
  });
  if (!answer.ok) throw new Error(`dead letters of ${name}: ${await answer.text()}`);
};

const fingerprint = async (db: OwnerDatabase): Promise<string> => {
  const [row] = await db.query<{ state: string }>(
    `select concat_ws(' ',
       (select count(*) from private.payment_facts), (select count(*) from private.ledger_transactions),
       (select sum(version) from public.payments), (select count(*) from private.inbox)) as state`,
  );
  return row?.state ?? '';
};
