import type { Pgoutput } from 'pg-logical-replication';
import type { Change, Piece, Row } from './change';
import { parseLsn } from './lsn';

type Open = { commitLsn: bigint; xid: number; committedAt: Date; index: number; changes: Change[] };

/** Turns the messages of a replication stream into pieces of transactions, each change once. */
export type Collector = {
  /** @returns a piece that is complete with this message, or null */
  take: (message: Pgoutput.Message) => Piece | null;
  /** Whether the stream is within a transaction. */
  isOpen: () => boolean;
  /** The stream broke: what was not handed out comes again. */
  reset: () => void;
};

/**
 * @param pieceSize changes after which a long transaction is handed out in pieces. Only committed ones reach the stream.
 */
export function makeCollector(pieceSize: number): Collector {
  let open: Open | null = null;
  // After a break the server begins again behind what was confirmed, which is less than what was handed out.
  let seen = { commitLsn: 0n, index: 0 };

  const isNew = ({ commitLsn, index }: Open): boolean =>
    commitLsn > seen.commitLsn || (commitLsn === seen.commitLsn && index >= seen.index);

  const handOut = (transaction: Open, endLsn: bigint | null): Piece => {
    const { changes, commitLsn, index } = transaction;
    transaction.changes = [];
    if (isNew({ ...transaction, index })) seen = { commitLsn, index };
    return { changes, endLsn };
  };

  return {
    take: (message) => {
      if (message.tag === 'begin') {
        const committedAt = new Date(Number(message.commitTime) / 1000);
        const commitLsn = parseLsn(message.commitLsn ?? '0/0');
        open = { commitLsn, xid: message.xid >>> 0, committedAt, index: 0, changes: [] };
        return null;
      }
      if (open === null) return null;
      if (message.tag === 'commit') {
        const piece = handOut(open, parseLsn(message.commitEndLsn ?? '0/0'));
        open = null;
        return piece;
      }
      const change = changeOf(message, open);
      if (change === null) return null;
      if (isNew(open)) open.changes.push(change);
      open.index += 1;
      return open.changes.length >= pieceSize ? handOut(open, null) : null;
    },
    isOpen: () => open !== null,
    reset: () => {
      open = null;
    },
  };
}

function changeOf(message: Pgoutput.Message, { xid, committedAt }: Open): Change | null {
  if (message.tag !== 'insert' && message.tag !== 'update' && message.tag !== 'delete') return null;
  const { schema, name: table, keyColumns } = message.relation;
  const base = { schema, table, xid, committedAt };
  if (message.tag === 'insert') return { ...base, kind: 'INSERT', record: message.new, old: null };
  if (message.tag === 'delete')
    return { ...base, kind: 'DELETE', record: null, old: message.old ?? message.key };
  // A key that did not change is not repeated in the log.
  const old = message.old ?? message.key ?? keyOf(message.new, keyColumns);
  return { ...base, kind: 'UPDATE', record: message.new, old };
}

const keyOf = (row: Row, keyColumns: string[]): Row =>
  Object.fromEntries(keyColumns.map((column) => [column, row[column]]));
