import type { Queryable } from '#shared/database/queryable';
import type { KeyOf, Operation, WatchedTable } from '../domain/watched-tables';

/** A row that was inserted, updated or deleted. What is in it now, if it is still there, is read by whoever wants to know. */
export interface Change<Table extends WatchedTable = WatchedTable> {
  /** Of its record in private.changes. */
  readonly id: string;
  readonly table: Table;
  readonly operation: Operation;
  readonly key: KeyOf<Table>;
  readonly changedAt: Date;
}

export interface ChangeContext<Table extends WatchedTable = WatchedTable> {
  readonly change: Change<Table>;
  /** The transaction that marks the change as handled: what is done in it is done once, or not at all. */
  readonly tx: Queryable;
  /**
   * Work for when that transaction is committed and the change is handled for good; the same function, given by several changes
   * of a batch, runs once behind all of them. It may be left out or lost, and what it throws is logged and nothing more: for
   * what something else does in the end, only later.
   */
  readonly afterCommit: (work: () => Promise<void>) => void;
}

/** What follows from changes of one table. */
export interface ChangeHandler {
  readonly table: WatchedTable;
  readonly operations: readonly Operation[];
  // As a method, so that a handler of one table is one of the list: it is called for that table alone.
  handle(context: ChangeContext): Promise<void>;
}

/**
 * Declares what follows from changes of a table. The handler runs at least once for each row that changed, seconds after the
 * commit, in no certain order; it takes effect once. What it throws rolls it back, and it is run again.
 *
 *     onChange('messages', ['INSERT'], ({ tx, change }) => announceMessage(tx, change.key.id))
 *
 * @param table one of WATCHED_TABLES, which has a trigger for each of the operations
 */
export const onChange = <Table extends WatchedTable>(
  table: Table,
  operations: readonly [Operation, ...Operation[]],
  handle: (context: ChangeContext<Table>) => Promise<void>,
): ChangeHandler => ({ table, operations, handle });
