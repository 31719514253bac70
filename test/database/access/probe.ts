import type { Values } from './declaration';
import type { Caller } from './people';

/**
 * `whole`: grants and policies as they are. `policies`: everything granted to everybody, so that the policies stand alone and
 * must hold by themselves.
 */
export type Layer = 'whole' | 'policies';

/** One statement to try as one caller, in a transaction that is undone. */
export interface Probe {
  readonly cell: string;
  readonly caller: Caller;
  /** `look` answers the names of rows itself. Of the others it counts whether they changed anything. */
  readonly kind: 'look' | 'change' | 'run';
  readonly sql: string;
  /** What the superuser asks afterwards: which rows were changed. */
  readonly after?: string;
}

/** What came of it: names of rows, `-` for none, or one of these words; anything else is an error's own text. */
export const DENIED = 'denied';
export const REFUSED = 'refused by policy';
export const DONE = 'done';
export const NO_ROWS = '-';

export const cellOf = (layer: Layer, object: string, caller: string, operation: string): string =>
  `${object} · ${caller} · ${operation}${layer === 'policies' ? ' (policies alone)' : ''}`;

export const insertText = (table: string, values: Values): string =>
  `insert into ${table} (${Object.keys(values).join(', ')}) values (${Object.values(values).join(', ')})`;

export const updateText = (table: string, values: Values): string =>
  `update ${table} set ${Object.entries(values)
    .map(([column, value]) => `${column} = ${value}`)
    .join(', ')}`;
