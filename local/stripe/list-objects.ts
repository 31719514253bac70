import type { FormObject } from './form';
import type { StripeCall } from './route';
import { invalidParam, missingResource } from './stripe-error';

/** Parameters of every list endpoint. */
export const listParams = ['limit', 'starting_after', 'ending_before', 'created'] as const;

export interface StripeList<T> {
  object: 'list';
  url: string;
  has_more: boolean;
  data: T[];
}

/**
 * One page of a list, newest first, by `limit`, `starting_after`, `ending_before` and `created`.
 * @param oldestFirst all objects of the kind that pass the endpoint's own filters
 */
export function listObjects<T extends { id: string; created: number }>(
  url: string,
  oldestFirst: readonly T[],
  { params, form }: StripeCall,
): StripeList<T> {
  const limit = params.integer('limit') ?? 10;
  if (limit < 1 || limit > 100) {
    throw invalidParam('limit', 'Invalid integer: must be between 1 and 100.', 'parameter_invalid_integer');
  }
  const inRange = createdFilter(form.created);
  const items = [...oldestFirst].reverse().filter((item) => inRange(item.created));
  const indexOf = (name: 'starting_after' | 'ending_before') => {
    const id = params.text(name);
    if (!id) return undefined;
    const index = items.findIndex((item) => item.id === id);
    if (index === -1) throw missingResource('object', id, name);
    return index;
  };
  const after = indexOf('starting_after');
  const before = indexOf('ending_before');
  if (after !== undefined && before !== undefined) {
    throw invalidParam('starting_after', 'You can only use one of: starting_after, ending_before.');
  }
  if (before !== undefined) {
    const start = Math.max(0, before - limit);
    return { object: 'list', url, has_more: start > 0, data: items.slice(start, before) };
  }
  const start = after === undefined ? 0 : after + 1;
  return {
    object: 'list',
    url,
    has_more: start + limit < items.length,
    data: items.slice(start, start + limit),
  };
}

/** `created=5` or `created[gte]=5&created[lt]=9`, in seconds. */
function createdFilter(value: FormObject[string] | undefined): (created: number) => boolean {
  if (value === undefined || value === '') return () => true;
  const seconds = (text: unknown) => {
    if (typeof text === 'string' && /^\d{1,12}$/.test(text)) return Number(text);
    throw invalidParam('created', 'Invalid timestamp: must be an integer Unix timestamp.');
  };
  if (typeof value === 'string') {
    const exact = seconds(value);
    return (created) => created === exact;
  }
  if (Array.isArray(value)) throw invalidParam('created', 'Invalid object');
  const tests = Object.entries(value).map(([operator, text]) => {
    const bound = seconds(text);
    if (operator === 'gt') return (created: number) => created > bound;
    if (operator === 'gte') return (created: number) => created >= bound;
    if (operator === 'lt') return (created: number) => created < bound;
    if (operator === 'lte') return (created: number) => created <= bound;
    throw invalidParam(
      `created[${operator}]`,
      `Received unknown parameter: created[${operator}]`,
      'parameter_unknown',
    );
  });
  return (created) => tests.every((test) => test(created));
}
