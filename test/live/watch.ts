import { type LiveTable, nameOf } from './row-event';
import { type Row, stampOf } from './row-statements';

/** What one person sees come. */
export interface Watch {
  /** Names of events in the order of arrival. */
  readonly arrived: readonly string[];
  /** Deletions that told more than the key, and changes that came with errors. */
  readonly faults: readonly string[];
  readonly close: () => Promise<void>;
}

/** A change as a client was told of it. */
export interface ToldChange {
  readonly table: LiveTable;
  readonly kind: 'INSERT' | 'UPDATE' | 'DELETE';
  /** Of a deletion what was told of the old row, otherwise the new one. */
  readonly row: Row;
  readonly errors: unknown;
}

/** Notes what comes, in the order in which it does. */
export const makeNotes = () => {
  const arrived: string[] = [];
  const faults: string[] = [];
  const take = ({ table, kind, row, errors }: ToldChange): void => {
    const stamp = kind === 'DELETE' ? '' : stampOf(table, row);
    const name = nameOf({ table, kind, id: String(row.id), stamp });
    arrived.push(name);
    if (errors !== null && errors !== undefined) faults.push(`${name}: ${JSON.stringify(errors)}`);
    const columns = Object.keys(row).join();
    // Row-level security cannot judge a row that is gone, so nothing of it but its key may be told.
    if (kind === 'DELETE' && columns !== 'id') faults.push(`${name} told ${columns}`);
  };
  return { arrived, faults, take };
};
