import type { StripeCall } from './route';
import { invalidParam } from './stripe-error';

interface Clause {
  field: string;
  key: string | undefined;
  operator: string;
  wanted: string;
}

const clausePattern =
  /^(\w+)(?:\[(?:'([^']*)'|"([^"]*)")\])?\s*(:|~|>=|<=|>|<|=)\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|(-?\d+|null))$/;

/**
 * The search API's language (docs.stripe.com/search): clauses such as `metadata['order']:'7'`, `status:'succeeded'`,
 * `amount>1000`, joined by AND or by OR. Unlike the real one it sees every object at once.
 */
export function searchObjects<T extends { id: string }>(
  url: string,
  oldestFirst: readonly T[],
  { params }: StripeCall,
): object {
  const query = params.requiredText('query');
  const limit = params.integer('limit') ?? 10;
  if (limit < 1 || limit > 100) throw invalidParam('limit', 'Invalid integer: must be between 1 and 100.');
  const isAny = / OR /.test(query);
  const clauses = query.split(/\s+(?:AND|OR)\s+/).map(readClause);
  const found = [...oldestFirst]
    .reverse()
    .filter((item) =>
      isAny ? clauses.some((one) => fits(item, one)) : clauses.every((one) => fits(item, one)),
    );
  const start = Number(params.text('page') ?? '0');
  if (!Number.isInteger(start) || start < 0) throw invalidParam('page', 'Invalid page.');
  const end = start + limit;
  const hasMore = end < found.length;
  return {
    object: 'search_result',
    url,
    has_more: hasMore,
    next_page: hasMore ? String(end) : null,
    data: found.slice(start, end),
  };
}

function readClause(text: string): Clause {
  const match = clausePattern.exec(text.trim());
  if (!match) {
    throw invalidParam('query', `We were unable to parse your search query: ${text.slice(0, 100)}`);
  }
  const [, field = '', single, double, operator = ':', singleValue, doubleValue, bare] = match;
  const wanted = (singleValue ?? doubleValue ?? bare ?? '').replace(/\\(.)/g, '$1');
  return { field, key: single ?? double, operator, wanted };
}

function fits(item: object, { field, key, operator, wanted }: Clause): boolean {
  const value = own(item, field);
  const actual = key === undefined ? value : own(value, key);
  if (wanted === 'null') return actual === null || actual === undefined;
  if (actual === null || actual === undefined) return false;
  if (operator === ':' || operator === '=') return String(actual) === wanted;
  if (operator === '~') return String(actual).toLowerCase().includes(wanted.toLowerCase());
  const [left, right] = [Number(actual), Number(wanted)];
  if (operator === '>') return left > right;
  if (operator === '>=') return left >= right;
  return operator === '<' ? left < right : left <= right;
}

function own(holder: unknown, name: string): unknown {
  if (typeof holder !== 'object' || holder === null || !Object.hasOwn(holder, name)) return undefined;
  return (holder as Record<string, unknown>)[name];
}
