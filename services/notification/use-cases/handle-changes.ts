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
  /** Told of work after a commit that failed; the change is handled all the same. */
  readonly onAfterCommitFailure: (change: Pick<Change, 'id' | 'table'>, error: unknown) => void;
}

/** A queue message: its id at the queue and its body as received. */
export interface QueuedMessage {
  readonly messageId: string;
  readonly body: string;
}

export type Handled = { readonly done: true } | { readonly done: false; readonly error: unknown };

/**
 * Handles the changes that a batch of messages names, each in a transaction of its own: one that cannot be handled comes back
 * alone. A change that was handled before, or whose record was deleted since, is done.
 */
export const handleChanges = async (
  deps: HandleChangesDeps,
  messages: readonly QueuedMessage[],
): Promise<ReadonlyMap<string, Handled>> => {
  const verdicts = new Map<string, Handled>();
  for (const { messageId, body } of messages) {
    try {
      await handleOne(deps, changeMessageSchema.parse(JSON.parse(body)).id);
      verdicts.set(messageId, { done: true });
    } catch (error) {
      verdicts.set(messageId, { done: false, error });
    }
  }
  return verdicts;
};

const handleOne = async (deps: HandleChangesDeps, id: string): Promise<void> => {
  const recorded = await beginAttempt(deps.database, id);
  if (recorded === null) return;
  const handlers = deps.handlers.filter(
    ({ table, operations }) =>
      table === recorded.table && operations.some((one) => one === recorded.operation),
  );
  // Not done: a function that is older than the trigger must leave the change to the one that is being deployed.
  if (handlers.length === 0) throw new Error(`nobody handles ${recorded.operation} of ${recorded.table}`);
  await handleRecorded(deps, recorded as RecordedChange & Change, handlers);
};

const handleRecorded = async (
  { database, now, onAfterCommitFailure }: HandleChangesDeps,
  change: Change,
  handlers: readonly ChangeHandler[],
): Promise<void> => {
  let later: (() => Promise<void>)[] = [];
  await withTransaction(database, async (tx) => {
    later = []; // of an attempt that was rolled back
    if (!(await markHandled(tx, change.id, new Date(now())))) return;
    for (const { handle } of handlers) {
      await handle({ change, tx, afterCommit: (work) => void later.push(work) });
    }
  });
  for (const work of later) {
    await work().catch((error: unknown) => onAfterCommitFailure(change, error));
  }
};
