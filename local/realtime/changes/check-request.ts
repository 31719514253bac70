import type { Pool } from 'pg';
import type { Claims } from '../access/claims';
import { matchFilters } from './match-filters';
import { LARGEST_LIST } from './parse-filter';
import { readTable, selectableBy } from './read-table';
import type { ChangeRequest } from './subscription';

/** A request that cannot be served, in Realtime's words. Asking again does not help. */
export class RequestRefused extends Error {}

/**
 * Checks that a request concerns published tables and that its filters can be evaluated: the column may be selected by the
 * role, and the value is one of its type.
 *
 * @throws RequestRefused
 */
export async function checkRequest(
  pool: Pool,
  publication: string,
  request: ChangeRequest,
  claims: Claims,
): Promise<void> {
  const { schema, table, filters, select } = request;
  const { rows } = await pool.query<{ schema: string; table: string }>(
    `select schemaname as schema, tablename as table from pg_publication_tables
     where pubname = $1 and $2::text in ('*', schemaname::text) and $3::text in ('*', tablename::text)`,
    [publication, schema, table],
  );
  if (rows.length === 0) refuse(request, 'Please check Realtime is enabled for the given connect parameters');
  if (filters.length === 0 && select === null) return;
  for (const published of rows) {
    const found = await readTable(pool, published.schema, published.table, [claims.role]);
    const names = found === null ? [] : selectableBy(found, claims.role).map(({ name }) => name);
    const complaint = await firstComplaint();
    if (complaint !== null) {
      refuse(request, `An exception happened so please check your connect parameters`, complaint);
    }

    async function firstComplaint(): Promise<string | null> {
      for (const column of select ?? []) {
        if (!names.includes(column)) return `invalid column for select ${column}`;
      }
      for (const filter of filters) {
        if (found === null || !names.includes(filter.column))
          return `invalid column for filter ${filter.column}`;
        // A row of nulls makes Postgres read the value as one of the column's type.
        const problem = await matchFilters(pool, found, [filter], [{ [filter.column]: null }]).then(
          () => null,
          (error: unknown) => (error instanceof Error ? error.message : String(error)),
        );
        if (problem !== null) return problem;
        if (filter.operator === 'in' && filter.value.split(',').length > LARGEST_LIST) {
          return `too many values for \`in\` filter. Maximum ${LARGEST_LIST}`;
        }
      }
      return null;
    }
  }
}

function refuse({ event, schema, table, filters }: ChangeRequest, advice: string, reason?: string): never {
  const conditions = filters.map(({ column, operator, value }) => `{${column}, ${operator}, ${value}}`);
  const given = `event: ${event}, schema: ${schema}, table: ${table}, filters: [${conditions.join(', ')}]`;
  const exception = reason === undefined ? '' : ` Exception: ${reason}`;
  throw new RequestRefused(
    `Unable to subscribe to changes with given parameters. ${advice}: [${given}].${exception}`.trim(),
  );
}
