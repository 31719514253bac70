import type { Random } from '../simulation/random';
import type { LiveTable } from './row-event';

/** Who may see a row: the first person, the second, or both. */
export type Audience = readonly [0] | readonly [1] | readonly [0, 1];

/** A row that a writer will have made; its key comes when it is. */
export interface PlannedRow {
  readonly table: LiveTable;
  readonly audience: Audience;
}

export interface PlannedChange {
  readonly kind: 'INSERT' | 'UPDATE' | 'DELETE';
  readonly row: PlannedRow;
}

export interface PlannedTransaction {
  readonly changes: readonly PlannedChange[];
  /** What is rolled back must never be seen by anybody. */
  readonly isRolledBack: boolean;
}

export interface WritePlan {
  /** Rows that all writers change, made before they begin. */
  readonly shared: PlannedTransaction;
  /** For each writer, what it does, one after the other. */
  readonly writers: readonly (readonly PlannedTransaction[])[];
  /** Afterwards, when all else has arrived: what a row was is asked for when it is delivered, and then it must be there. */
  readonly deletions: PlannedTransaction;
}

/** Of all events. */
const DELETED_SHARE = 0.02;
const SHARED_ROWS = 4;

/** `events` row changes that commit, and some more that do not, for so many writers at a time. */
export const planWrites = (random: Random, events: number, writers: number): WritePlan => {
  const deleted = Math.floor(events * DELETED_SHARE);
  const shared = Array.from({ length: SHARED_ROWS }, (_, n) => payment(n % 2 === 0 ? [0] : [1]));
  const rows = Array.from({ length: writers }, (): PlannedRow[] => []);
  const plans = rows.map((): PlannedTransaction[] => []);
  for (let left = events - deleted - SHARED_ROWS; left > 0; ) {
    const writer = random.below(writers);
    const transaction = planTransaction(
      random,
      rows[writer] ?? [],
      shared,
      Math.min(left, 1 + random.below(5)),
    );
    plans[writer]?.push(transaction);
    if (!transaction.isRolledBack) left -= transaction.changes.length;
  }
  const notifications = rows.flat().filter(({ table }) => table === 'notifications');
  return {
    shared: { changes: shared.map((row) => ({ kind: 'INSERT', row })), isRolledBack: false },
    writers: plans,
    deletions: {
      changes: random
        .shuffle(notifications)
        .slice(0, deleted)
        .map((row) => ({ kind: 'DELETE', row })),
      isRolledBack: false,
    },
  };
};

const payment = (audience: Audience): PlannedRow => ({ table: 'payments', audience });

/** @param rows the writer's own, which grow by what the transaction commits */
const planTransaction = (
  random: Random,
  rows: PlannedRow[],
  shared: readonly PlannedRow[],
  size: number,
): PlannedTransaction => {
  const isRolledBack = random.chance(0.05);
  // A transaction may write into one conversation; some are of both.
  const conversation = random.pick([[0], [1], [0, 1]] as const);
  const made: PlannedRow[] = [];
  const changes: PlannedChange[] = [];
  const row = random.chance(0.15) ? shared[random.below(shared.length)] : undefined;
  if (row !== undefined) changes.push({ kind: 'UPDATE', row });
  while (changes.length < size) {
    const known = [...rows.slice(-20), ...made];
    const old = random.chance(0.4) ? known[random.below(known.length)] : undefined;
    const change = old ?? planRow(random, conversation);
    if (old === undefined) made.push(change);
    changes.push({ kind: old === undefined ? 'INSERT' : 'UPDATE', row: change });
  }
  if (!isRolledBack) rows.push(...made);
  return { changes: changes.sort((a, b) => lockRank(a, shared) - lockRank(b, shared)), isRolledBack };
};

/** Everybody takes the locks that others want in one order: the row of all writers, the conversation. */
const lockRank = ({ kind, row }: PlannedChange, shared: readonly PlannedRow[]): number => {
  if (shared.includes(row)) return 0;
  return row.table === 'messages' && kind === 'INSERT' ? 1 : 2;
};

const planRow = (random: Random, conversation: Audience): PlannedRow => {
  const table = random.pick(['payments', 'notifications', 'messages']);
  return { table, audience: table === 'messages' ? conversation : random.pick([[0], [1]] as const) };
};
