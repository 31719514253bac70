import type { Caller, Role } from './people';

/** `*`: the whole table. Otherwise column names, separated by spaces. */
type Columns = string;

/** `own`: the caller's. Otherwise the names of rows (see `whose`), or all of them. */
export type Rows = 'all' | 'own' | readonly string[];

/** What a role may do with a table. What is not said is refused. */
export interface RoleAccess {
  readonly select?: Columns;
  readonly insert?: Columns;
  readonly update?: Columns;
  readonly delete?: '*';
  /** Which rows its policies show, by operation or for all of them. Default: all. */
  readonly rows?: Rows | Partial<Record<'select' | 'update' | 'delete', Rows>>;
  /** Tries of the table that its policies refuse, whatever the grants. */
  readonly refused?: readonly string[];
  /** Where callers of one role differ by more than whose rows are their own. */
  readonly byCaller?: Partial<Record<Caller, Pick<RoleAccess, 'rows' | 'refused'>>>;
}

/** Values by column, as SQL; `$me` is the caller's id. */
export type Values = Readonly<Record<string, string>>;

/** A table or view of public or private, the rows put into it, and who may do what. */
export interface TableAccess {
  readonly name: string;
  readonly isView?: true;
  /** SQL over a row that every reader may evaluate: how its text begins names the row (people.ts). */
  readonly whose: string;
  /** Statement of the superuser that makes the rows: the owner's, the other's, and whatever else policies tell apart. */
  readonly rows: string;
  /** Rows to try to insert, by name. */
  readonly inserts: Readonly<Record<string, Values>>;
  /** Changes to try on all rows, by name. `give` moves rows to somebody else. */
  readonly updates: Readonly<Record<string, Values>>;
  readonly may: Partial<Record<Role, RoleAccess>>;
}

/** A function by its signature: how to call it, whether it runs with its owner's rights, and who may call it. */
export interface FunctionAccess {
  /** Arguments, as SQL. */
  readonly call: string;
  readonly definer?: true;
  /** Acts for whoever asks, and says `unauthenticated` where that is nobody. */
  readonly needsSubject?: true;
  /** A role that may not enter the schema reaches it through a policy, or through a function bound to it. */
  readonly may?: readonly Role[];
}
