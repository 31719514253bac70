import { PayPalError } from './paypal-error';
import type { StoredEvent } from './state';
import type { World } from './world';

const mostPerPage = 300;

/**
 * GET /v1/notifications/webhooks-events: newest first, filtered by time, type and transaction.
 * Further pages are behind the `next` link (its `page_token` is opaque).
 */
export function listEvents(world: World, query: URLSearchParams): { text: string } {
  const pageSize = readPageSize(query);
  const from = readTime(query, 'start_time') ?? 0;
  const to = readTime(query, 'end_time') ?? Number.POSITIVE_INFINITY;
  const type = query.get('event_type');
  const transaction = query.get('transaction_id');
  const found = [...world.state.events.values()].filter(
    (event) =>
      event.createdAt >= from &&
      event.createdAt <= to &&
      (type === null || event.type === type) &&
      (transaction === null || event.transactionIds.includes(transaction)),
  );
  found.reverse();
  const token = query.get('page_token');
  const after = token === null ? 0 : found.findIndex((event) => event.id === token) + 1;
  const page = found.slice(after, after + pageSize);
  return { text: renderPage(world, query, page, after + pageSize < found.length) };
}

/** The stored texts go in verbatim: a client may verify a listed event against its signature. */
function renderPage(
  world: World,
  query: URLSearchParams,
  page: readonly StoredEvent[],
  more: boolean,
): string {
  const path = `${world.url}/v1/notifications/webhooks-events`;
  const links = [{ href: `${path}?${query}`, rel: 'self', method: 'GET' }];
  const last = page.at(-1);
  if (more && last !== undefined) {
    const next = new URLSearchParams(query);
    next.set('page_token', last.id);
    links.push({ href: `${path}?${next}`, rel: 'next', method: 'GET' });
  }
  const events = page.map((event) => event.body).join(',');
  return `{"events":[${events}],"count":${page.length},"links":${JSON.stringify(links)}}`;
}

function readPageSize(query: URLSearchParams): number {
  const value = query.get('page_size') ?? '10';
  if (!/^\d{1,4}$/.test(value) || Number(value) < 1) {
    throw PayPalError.invalid('INVALID_PARAMETER_VALUE', { field: 'page_size', value, location: 'query' });
  }
  return Math.min(Number(value), mostPerPage);
}

function readTime(query: URLSearchParams, field: string): number | undefined {
  const value = query.get(field);
  if (value === null) return undefined;
  const at = Date.parse(value);
  if (Number.isNaN(at)) {
    throw PayPalError.invalid('INVALID_PARAMETER_SYNTAX', { field, value, location: 'query' });
  }
  // An end in whole seconds takes that whole second in.
  return field === 'end_time' && !value.includes('.') ? at + 999 : at;
}
