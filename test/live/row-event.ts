export const LIVE_TABLES = ['payments', 'notifications', 'messages'] as const;

export type LiveTable = (typeof LIVE_TABLES)[number];

/** One change of one row, as it is written and as it should arrive. */
export interface RowEvent {
  readonly table: LiveTable;
  readonly kind: 'INSERT' | 'UPDATE' | 'DELETE';
  /** The primary key. */
  readonly id: string;
  /** What this change wrote and no other did; empty for DELETE. */
  readonly stamp: string;
}

/** Different for any two events of a run. */
export const nameOf = ({ table, kind, id, stamp }: RowEvent): string =>
  `${kind} ${table} ${id} ${stamp}`.trimEnd();
