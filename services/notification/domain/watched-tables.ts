/**
 * Tables whose changes are recorded, by the name that code uses (the schema is left out where it is public), with the columns of
 * their primary keys. A migration gives each its triggers: docs/changes.md.
 */
export const WATCHED_TABLES = {
  messages: ['id'],
  'private.outbox': ['id'],
} as const satisfies Readonly<Record<string, readonly [string, ...string[]]>>;

export type WatchedTable = keyof typeof WATCHED_TABLES;

/** The primary key of a row, its values as texts. */
export type KeyOf<Table extends WatchedTable> = Readonly<
  Record<(typeof WATCHED_TABLES)[Table][number], string>
>;

export const OPERATIONS = ['INSERT', 'UPDATE', 'DELETE'] as const;

export type Operation = (typeof OPERATIONS)[number];
