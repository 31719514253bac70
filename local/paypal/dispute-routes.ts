import { type HttpReply, type HttpRequest, jsonReply } from '../doubles/http-messages';
import type { Route } from '../doubles/route-table';
import type { Dispute } from './dispute-state';
import { acceptClaim, provideEvidence } from './disputes';
import { findDispute } from './find-resource';
import { disputeLinks } from './links';
import { PayPalError } from './paypal-error';
import { renderDispute, renderDisputeSummary, stateOf } from './render-dispute';
import type { World } from './world';

const path = '/v1/customer/disputes';

/** Customer Disputes v1: list, get, accept-claim, provide-evidence. Payers and PayPal act by the control API. */
export function disputeRoutes(world: World): Route[] {
  /** Evidence comes as JSON or as multipart with files; the double reads neither. */
  const act = (name: string, run: (world: World, dispute: Dispute) => void): Route => ({
    method: 'POST',
    pattern: `${path}/{id}/${name}`,
    handle: ({ params }) => {
      const dispute = findDispute(world, params.id ?? '');
      run(world, dispute);
      return jsonReply(200, { links: disputeLinks(world, dispute).slice(0, 1) });
    },
  });
  return [
    { method: 'GET', pattern: path, handle: (request) => list(world, request) },
    {
      method: 'GET',
      pattern: `${path}/{id}`,
      handle: ({ params }) => jsonReply(200, renderDispute(world, findDispute(world, params.id ?? ''))),
    },
    act('accept-claim', acceptClaim),
    act('provide-evidence', provideEvidence),
  ];
}

/** Newest first. "You can specify either but not both the start_time and disputed_transaction_id query parameters." */
function list(world: World, { query }: HttpRequest): HttpReply {
  const transaction = query.get('disputed_transaction_id');
  if (transaction !== null && query.has('start_time'))
    throw PayPalError.invalid('INVALID_PARAMETER_VALUE', { field: 'start_time', location: 'query' });
  const states = query.get('dispute_state')?.split(',');
  const [created, after] = [readTime(query, 'start_time'), readTime(query, 'update_time_after')];
  const before = readTime(query, 'update_time_before');
  const found = [...world.state.disputes.values()]
    .reverse()
    .filter((one) => transaction === null || one.captureId === transaction)
    .filter((one) => states === undefined || states.includes(stateOf(one)))
    .filter((one) => one.createdAt >= (created ?? 0) && one.updatedAt >= (after ?? 0))
    .filter((one) => one.updatedAt <= (before ?? Number.POSITIVE_INFINITY));
  const size = readPageSize(query);
  const token = query.get('next_page_token');
  const start = token === null ? 0 : found.findIndex(({ id }) => tokenOf(id) === token) + 1;
  const page = found.slice(start, start + size);
  const last = page.at(-1);
  const links = [{ href: `${world.url}${path}?${query}`, rel: 'self', method: 'GET' }];
  if (last !== undefined && start + size < found.length) {
    const next = new URLSearchParams(query);
    next.set('next_page_token', tokenOf(last.id));
    links.push({ href: `${world.url}${path}?${next}`, rel: 'next', method: 'GET' });
  }
  return jsonReply(200, { items: page.map((one) => renderDisputeSummary(world, one)), links });
}

/** Opaque to callers, of the characters that PayPal documents. */
const tokenOf = (disputeId: string): string => Buffer.from(disputeId).toString('base64');

function readPageSize(query: URLSearchParams): number {
  const value = query.get('page_size') ?? '10';
  if (/^\d{1,2}$/.test(value) && Number(value) >= 1 && Number(value) <= 50) return Number(value);
  throw PayPalError.invalid('INVALID_PARAMETER_VALUE', { field: 'page_size', value, location: 'query' });
}

function readTime(query: URLSearchParams, field: string): number | undefined {
  const value = query.get(field);
  if (value === null) return undefined;
  const at = Date.parse(value);
  if (!Number.isNaN(at)) return at;
  throw PayPalError.invalid('INVALID_PARAMETER_SYNTAX', { field, value, location: 'query' });
}
