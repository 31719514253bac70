import type { Database } from '#shared/database/pool';
import type { Queryable } from '#shared/database/queryable';
import { withTransaction } from '#shared/database/with-transaction';
import type { Now } from '#shared/kernel/ids';
import { changeMessageSchema } from '#shared/messages/change';
import { beginAttempt, type RecordedChange } from '../sql/begin-attempt';
import { markHandled } from '../sql/mark-handled';
import type { Change, ChangeHandler } from './on-change';

export interface HandleChangesDeps {
  readonly database: Queryable & Pick<Database, 'withConnection'>;
  readonly handlers: readonly ChangeHandler[];
  readonly now: Now;
  /** Told of work after a commit that failed; the changes are handled all the same. */
  readonly onAfterCommitFailure: (error: unknown) => void;
}

/** A queue message: its id at the queue and its body as received. */
export interface QueuedMessage {
  readonly messageId: string;
  readonly body: string;
}

export type Handled = { readonly done: true } | { readonly done: false; readonly error: unknown };

/** Work after the commits begins no later: the function must end by itself before it is ended. */
const LATEST_MS = 8_000;

type AfterCommits = Set<() => Promise<void>>;

/**
 * Handles the changes that a batch of messages names, each in a transaction of its own: one that cannot be handled comes back
 * alone. A change that was handled before, or whose record was deleted since, is done.
 */
export const handleChanges = async (
  deps: HandleChangesDeps,
  messages: readonly QueuedMessage[],
): Promise<ReadonlyMap<string, Handled>> => {
  const startedAt = deps.now();
  const verdicts = new Map<string, Handled>();
  const later: AfterCommits = new Set();
  for (const { messageId, body } of messages) {
    try {
      const { id } = changeMessageSchema.parse(JSON.parse(body));
      for (const work of await handleOne(deps, id)) later.add(work);
      verdicts.set(messageId, { done: true });
    } catch (error) {
      verdicts.set(messageId, { done: false, error });
    }
  }
  for (const work of later) {
    if (deps.now() - startedAt > LATEST_MS) break;
    await work().catch(deps.onAfterCommitFailure);
  }
  return verdicts;
};

const handleOne = async (deps: HandleChangesDeps, id: string): Promise<AfterCommits> => {
  const recorded = await beginAttempt(deps.database, id);
  if (recorded === null) return new Set();
  const handlers = deps.handlers.filter(
    ({ table, operations }) =>
      table === recorded.table && operations.some((one) => one === recorded.operation),
  );
  // Not done: a function that is older than the trigger must leave the change to the one that is being deployed.
  if (handlers.length === 0) throw new Error(`nobody handles ${recorded.operation} of ${recorded.table}`);
  return handleRecorded(deps, recorded as RecordedChange & Change, handlers);
};

const handleRecorded = (
  { database, now }: HandleChangesDeps,
  change: Change,
  handlers: readonly ChangeHandler[],
) =>
  withTransaction(database, async (tx): Promise<AfterCommits> => {
    const later: AfterCommits = new Set();
    if (!(await markHandled(tx, change.id, new Date(now())))) return later;
    for (const { handle } of handlers) {
      await handle({ change, tx, afterCommit: (work) => void later.add(work) });
    }
    return later;
  });
