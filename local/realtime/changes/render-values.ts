import type { Pool } from 'pg';
import type { Row } from '../feed/change';
import type { Column } from './read-table';

/** JSON text of each value of a row, by column; a column whose value the log does not hold is missing. */
export type RenderedRow = Map<string, string>;

/**
 * The JSON that Postgres itself makes of the values, so that numbers, times and arrays look as in the Data API. JSON stays
 * text from there on: parsing it would round large numbers.
 */
export async function renderValues(pool: Pool, columns: Column[], rows: Row[]): Promise<RenderedRow[]> {
  if (rows.length === 0) return [];
  const casts = columns.map(({ type }, at) => `to_jsonb((v ->> ${at})::${type})::text`);
  const text = `select array[${casts.join(', ')}] as json
    from jsonb_array_elements($1::jsonb) with ordinality k (v, n) order by n`;
  const values = rows.map((row) => columns.map(({ name }) => row[name] ?? null));
  const rendered = await pool
    .query<{ json: (string | null)[] }>(text, [JSON.stringify(values)])
    .then((answer) => answer.rows.map(({ json }) => json))
    .catch((error: unknown) => {
      // The type of a column changed since: 22 is bad data for it, 42 a type that is gone. Text is true in any case.
      if (!/^(22|42)/.test(String((error as { code?: string }).code))) throw error;
      return values.map((row) => row.map((value) => JSON.stringify(value)));
    });
  return rows.map((row, index) => {
    const json = rendered[index] ?? [];
    const known = columns.flatMap(({ name }, at): [string, string][] =>
      row[name] === undefined ? [] : [[name, json[at] ?? 'null']],
    );
    return new Map(known);
  });
}
