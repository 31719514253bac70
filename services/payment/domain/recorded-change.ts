/** A change in the database, as it is recorded for whoever reacts to it. */
export interface RecordedChange {
  readonly id: string;
  /** As in code: `messages` for a table of public, `private.outbox` for another. */
  readonly table: string;
  readonly operation: string;
  /** The primary key of the row, its values as texts. */
  readonly key: Readonly<Record<string, string>>;
  readonly attempts: number;
  readonly changedAt: Date;
  readonly handled: boolean;
}
