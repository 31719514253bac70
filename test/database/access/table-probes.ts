import type { TableAccess } from './declaration';
import { CALLERS, callers, naming } from './people';
import { cellOf, insertText, type Layer, type Probe, updateText } from './probe';

/** The names of rows that a query calls row_name, in one text. */
const NAMES_OF_ROWS = `coalesce(string_agg(distinct row_name, ' ' order by row_name), '-')`;

/** Every operation on a table by every caller. Truncate asks no policy, so it is tried with the real grants alone. */
export const tableProbes = (table: TableAccess, layer: Layer): readonly Probe[] =>
  callers.flatMap((caller) => {
    const { name, inserts, updates } = table;
    const row = naming(table.whose);
    const cell = (operation: string): string => cellOf(layer, name, caller, operation);
    const mine = (sql: string): string => sql.replaceAll('$me', `'${CALLERS[caller].me}'`);
    // The transaction's own id is older than that of any statement tried within it.
    const changed = `select ${NAMES_OF_ROWS} from (select ${row} as row_name from ${name}
      where xmin::text::bigint > pg_current_xact_id()::xid::text::bigint) as changed`;
    const gone = `select ${NAMES_OF_ROWS} from tandem_access_rows as r
      where r.table_name = '${name}' and r.row_name not in (select ${row} from ${name})`;
    const probes: Probe[] = [
      {
        cell: cell('select'),
        caller,
        kind: 'look',
        sql: `select ${NAMES_OF_ROWS} from (select ${row} as row_name from ${name}) as seen`,
      },
      ...Object.entries(inserts).map(
        ([what, values]): Probe => ({
          cell: cell(`insert ${what}`),
          caller,
          kind: 'change',
          sql: mine(insertText(name, values)),
        }),
      ),
      ...Object.entries(updates).map(
        ([what, values]): Probe => ({
          cell: cell(`update ${what}`),
          caller,
          kind: 'change',
          sql: mine(updateText(name, values)),
          ...(what !== 'give' && { after: changed }),
        }),
      ),
      { cell: cell('delete'), caller, kind: 'change', sql: `delete from ${name}`, after: gone },
    ];
    if (layer === 'whole')
      probes.push({ cell: cell('truncate'), caller, kind: 'run', sql: `truncate ${name} cascade` });
    return probes;
  });
