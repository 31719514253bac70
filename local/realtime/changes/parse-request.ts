import { parseFilters } from './parse-filter';
import type { ChangeRequest } from './subscription';

/**
 * Reads one entry of `config.postgres_changes`.
 *
 * @throws Error in Realtime's words for what it cannot read
 */
export function parseRequest(entry: Record<string, unknown>): ChangeRequest {
  const { schema, table, filter, event } = entry;
  for (const value of [schema, table, filter]) {
    if (value !== undefined && value !== null && typeof value !== 'string') throw new Error(MISSING);
  }
  if (typeof schema !== 'string' && typeof table !== 'string') throw new Error(MISSING);
  const request: ChangeRequest = {
    event: eventOf(event),
    schema: typeof schema === 'string' ? schema : 'public',
    table: typeof table === 'string' ? table : '*',
    filters: [],
    select: selectOf(entry.select),
  };
  if (typeof filter === 'string') {
    try {
      request.filters = parseFilters(filter);
    } catch (error) {
      throw new Error(`Error parsing \`filter\` params: ${(error as Error).message}`);
    }
  }
  if (request.select !== null && (request.schema === '*' || request.table === '*')) throw new Error(WILDCARD);
  return request;
}

const MISSING =
  'No subscription params provided. Please provide at least a `schema` or `table` to subscribe to';
const WILDCARD =
  'Column selection is not supported for wildcard subscriptions. Provide an explicit schema and table name.';

function eventOf(value: unknown): ChangeRequest['event'] {
  const event = String(value).toUpperCase();
  return event === 'INSERT' || event === 'UPDATE' || event === 'DELETE' ? event : '*';
}

function selectOf(value: unknown): string[] | null {
  if (typeof value === 'string') {
    throw new Error('Error parsing `select` params: expected a list of column name strings');
  }
  const columns = Array.isArray(value) ? value.filter((column) => typeof column === 'string') : [];
  return columns.length > 0 ? columns : null;
}
