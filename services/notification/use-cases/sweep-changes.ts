import type { Queryable } from '#shared/database/queryable';
import type { Now } from '#shared/kernel/ids';
import type { ChangeMessage } from '#shared/messages/change';
import { countWaitingChanges } from '../sql/count-waiting-changes';
import { forgetHandledChanges } from '../sql/forget-handled-changes';
import { listForgottenChanges } from '../sql/list-forgotten-changes';
import { putOffChanges } from '../sql/put-off-changes';

export interface SweepChangesDeps {
  readonly database: Queryable;
  /** Resolves once all of them lie on the queue. Throws AppError `queue_unavailable`. */
  readonly enqueue: (messages: readonly ChangeMessage[]) => Promise<void>;
  readonly now: Now;
}

export interface SweptChanges {
  /** Put on the queue because nobody had handled them. */
  readonly sent: number;
  /** Handled long ago, and deleted. */
  readonly forgotten: number;
  /** Still not handled after a quarter of an hour: something is wrong with them, or with their handler. */
  readonly waiting: number;
}

/** As often as the queue tries a message before it gives it to the dead letters, where a person finds it. */
const MAX_ATTEMPTS = 5;
const KEPT_MS = 3 * 24 * 3600 * 1000;
const WAITING_MS = 15 * 60 * 1000;

/** Rows for each statement, and statements for each run. What is left is for the next minute. */
const PAGE = 500;
const MAX_PAGES = 20;

/**
 * Puts on the queue what was recorded and not handled in time, because its webhook or its message was lost; deletes what was
 * handled days ago. Sends first and notes it afterwards: what is sent twice takes effect once.
 */
export const sweepChanges = async ({ database, enqueue, now }: SweepChangesDeps): Promise<SweptChanges> => {
  const at = new Date(now());
  const sent = await inPages(async () => {
    const due = { before: at, maxAttempts: MAX_ATTEMPTS, limit: PAGE };
    const ids = await listForgottenChanges(database, due);
    if (ids.length === 0) return 0;
    await enqueue(ids.map((id) => ({ version: 1, id })));
    await putOffChanges(database, ids, at);
    return ids.length;
  });
  const forgotten = await inPages(() =>
    forgetHandledChanges(database, new Date(at.getTime() - KEPT_MS), PAGE),
  );
  const waiting = await countWaitingChanges(database, new Date(at.getTime() - WAITING_MS));
  return { sent, forgotten, waiting };
};

const inPages = async (page: () => Promise<number>): Promise<number> => {
  let total = 0;
  for (let pages = 0; pages < MAX_PAGES; pages += 1) {
    const found = await page();
    total += found;
    if (found < PAGE) break;
  }
  return total;
};
