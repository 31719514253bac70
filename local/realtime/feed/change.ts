/** Values of a row in Postgres' own text form by column; undefined = too large and unchanged, so not in the log. */
export type Row = Record<string, string | null | undefined>;

/** One committed change of one row. */
export type Change = {
  kind: 'INSERT' | 'UPDATE' | 'DELETE';
  schema: string;
  table: string;
  /** The row afterwards; null for DELETE. */
  record: Row | null;
  /** What the replica identity tells of the row before: by default the primary key. */
  old: Row | null;
  /** Id of the transaction, without its epoch. */
  xid: number;
  /** Moment of the commit. */
  committedAt: Date;
};

/** Changes in the order of commit, as they come out of the log. */
export type Piece = {
  changes: Change[];
  /** Position behind the transaction, for the last piece of one; null when more of the transaction follows. */
  endLsn: bigint | null;
};
