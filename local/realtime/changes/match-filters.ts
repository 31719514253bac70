import type { Pool } from 'pg';
import type { Row } from '../feed/change';
import { type Filter, OPERATORS } from './parse-filter';
import type { Table } from './read-table';

/**
 * Which rows match all filters, by Postgres' own comparison of the column's type. A filter on a column that a row does not
 * hold, such as any but the key after a DELETE, matches nothing.
 *
 * @returns indexes of rows
 * @throws the database's error for a value that is none of the column's type
 */
export async function matchFilters(
  pool: Pool,
  table: Table,
  filters: Filter[],
  rows: Row[],
): Promise<Set<number>> {
  const candidates = rows.flatMap((row, index) =>
    filters.every(({ column }) => row[column] !== undefined) ? [index] : [],
  );
  if (filters.length === 0 || candidates.length === 0) return new Set(candidates);
  const conditions = filters.map((filter, at) => condition(table, filter, at));
  const text = `select n::int - 1 as at from jsonb_array_elements($1::jsonb) with ordinality k (v, n)
    where ${conditions.join(' and ')}`;
  const values = candidates.map((index) => filters.map(({ column }) => rows[index]?.[column] ?? null));
  const used = filters.filter(({ operator }) => operator !== 'is').map(({ value }) => value);
  const found = await pool.query<{ at: number }>(text, [JSON.stringify(values), ...used]);
  return new Set(found.rows.flatMap(({ at }) => candidates[at] ?? []));

  function condition({ columns }: Table, filter: Filter, at: number): string {
    const { column, operator, value, isNegated } = filter;
    const type = columns.find(({ name }) => name === column)?.type ?? 'text';
    const left = `(v ->> ${at})::${type}`;
    // `is` takes a keyword, one of four that the parser lets through; everything else is a parameter.
    const place = 2 + filters.slice(0, at).filter((other) => other.operator !== 'is').length;
    const right =
      operator === 'is'
        ? value
        : operator === 'in'
          ? `($${place}::text)::${type}[]`
          : `($${place}::text)::${type}`;
    const compared = `${left} ${OPERATORS[operator]} ${operator === 'in' ? `(${right})` : right}`;
    return `coalesce(${isNegated ? `not (${compared})` : compared}, false)`;
  }
}
