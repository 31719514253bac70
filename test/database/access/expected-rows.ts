import type { RoleAccess, Rows, TableAccess, Values } from './declaration';
import { BYPASSES, CALLERS, type Caller, callers } from './people';
import { cellOf, DENIED, DONE, type Layer, NO_ROWS, REFUSED } from './probe';

type Operation = 'select' | 'update' | 'delete';

/** Names of all rows of a table, as the superuser sees them. */
export type RowNames = ReadonlyMap<string, readonly string[]>;

const EVERYTHING: RoleAccess = { select: '*', insert: '*', update: '*', delete: '*' };

const covers = (columns: string, values: Values): boolean =>
  columns === '*' || Object.keys(values).every((column) => columns.split(' ').includes(column));

const rowsFor = (
  access: RoleAccess,
  operation: Operation,
  caller: Caller,
  all: readonly string[],
): string => {
  const { rows = 'all' } = access;
  const byOperation = (declared: Exclude<typeof rows, Rows>): Rows => declared[operation] ?? 'all';
  const wanted = typeof rows === 'string' || isList(rows) ? rows : byOperation(rows);
  const names = wanted === 'all' ? all : wanted === 'own' ? all.filter((name) => name === caller) : wanted;
  return names.length === 0 ? NO_ROWS : names.toSorted().join(' ');
};

const isList = (rows: unknown): rows is readonly string[] => Array.isArray(rows);

/** What the declaration says of every cell that table-probes.ts tries. */
export const expectedRows = (
  table: TableAccess,
  layer: Layer,
  rowNames: RowNames,
): ReadonlyMap<string, string> => {
  const cells = new Map<string, string>();
  const all = rowNames.get(table.name) ?? [];
  for (const caller of callers) {
    const { role } = CALLERS[caller];
    const declared = layer === 'policies' && role === BYPASSES ? EVERYTHING : table.may[role];
    const access = declared && { ...declared, ...declared.byCaller?.[caller] };
    const { refused = [] } = access ?? {};
    const set = (operation: string, verdict: string): void => {
      cells.set(cellOf(layer, table.name, caller, operation), verdict);
    };
    const shown = (operation: Operation): string => {
      if (access?.[operation] === undefined) return layer === 'whole' ? DENIED : NO_ROWS;
      return rowsFor(access, operation, caller, all);
    };

    set('select', shown('select'));
    for (const [what, values] of Object.entries(table.inserts)) {
      const held = access?.insert;
      if (layer === 'whole' && (held === undefined || !covers(held, values))) set(`insert ${what}`, DENIED);
      else set(`insert ${what}`, held === undefined || refused.includes(`insert ${what}`) ? REFUSED : DONE);
    }
    for (const [what, values] of Object.entries(table.updates)) {
      const rows = shown('update');
      if (layer === 'whole' && !covers(access?.update ?? '', values)) set(`update ${what}`, DENIED);
      else if (rows === NO_ROWS) set(`update ${what}`, NO_ROWS);
      else if (refused.includes(`update ${what}`)) set(`update ${what}`, REFUSED);
      else set(`update ${what}`, what === 'give' ? DONE : rows);
    }
    set('delete', shown('delete'));
    if (layer === 'whole') set('truncate', DENIED);
  }
  return cells;
};
