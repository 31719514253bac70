import { createHash } from 'node:crypto';
import { jsonReply } from '../doubles/http-messages';
import type { Route } from '../doubles/route-table';
import { merchant } from './merchant';
import { formatMinor } from './money';
import { PayPalError } from './paypal-error';
import type { LedgerEntry } from './state';
import { dayMs, hourMs, type World } from './world';

const path = '/v1/reporting/transactions';

/** "It takes a maximum of three hours for executed transactions to appear in the list transactions call." */
const lagMs = 3 * hourMs;

const longestRangeMs = 31 * dayMs;

/** `start_date` and `end_date` of the official schema: seconds are required. */
const datePattern = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

type Line = {
  entry: LedgerEntry;
  id: string;
  code: string;
  reference: Reference;
  gross: bigint;
  fee: bigint;
};
type Reference = { id: string; type: 'ODR' | 'TXN' };

/** Transaction Search v1: GET /v1/reporting/transactions, made from the ledger, oldest first. */
export function reportingRoutes(world: World): Route[] {
  return [{ method: 'GET', pattern: path, handle: ({ query }) => jsonReply(200, search(world, query)) }];
}

function search(world: World, query: URLSearchParams) {
  const [from, to] = [readDate(query, 'start_date'), readDate(query, 'end_date')];
  if (to < from || to - from > longestRangeMs) {
    throw PayPalError.invalid('INVALID_PARAMETER_VALUE', {
      field: 'end_date',
      value: query.get('end_date') ?? '',
      location: 'query',
    });
  }
  const [size, page] = [readCount(query, 'page_size', 100, 500), readCount(query, 'page', 1, 2 ** 31 - 1)];
  const refreshed = world.now() - lagMs;
  const found = world.state.ledger.flatMap(linesOf).filter(({ entry, id, code }) => {
    const isInRange = entry.at >= from && entry.at <= to && entry.at <= refreshed;
    return isInRange && fits(query, 'transaction_id', id) && fits(query, 'transaction_type', code);
  });
  const pages = Math.ceil(found.length / size);
  const links = [{ href: linkTo(world, query, page), rel: 'self', method: 'GET' }];
  if (page < pages) links.push({ href: linkTo(world, query, page + 1), rel: 'next', method: 'GET' });
  return {
    transaction_details: found
      .slice((page - 1) * size, page * size)
      .map((line) => ({ transaction_info: render(line) })),
    account_number: merchant.merchant_id,
    start_date: isoOffset(from),
    end_date: isoOffset(Math.min(to, refreshed)),
    last_refreshed_datetime: isoOffset(refreshed),
    page,
    total_items: found.length,
    total_pages: pages,
    links,
  };
}

/** Event codes as in developer.paypal.com/docs/transaction-search/transaction-event-codes. */
function linesOf(entry: LedgerEntry): Line[] {
  const ofCapture: Reference = { id: entry.captureId, type: 'TXN' };
  const line = (id: string, code: string, reference: Reference, fee = 0n): Line => ({
    entry,
    id,
    code,
    reference,
    gross: entry.gross,
    fee,
  });
  if (entry.kind === 'capture')
    return [line(entry.id, 'T0006', { id: entry.orderId, type: 'ODR' }, -entry.fee)];
  if (entry.kind === 'refund') return [line(entry.id, 'T1107', ofCapture, -entry.fee)];
  if (entry.kind === 'refund_returned') {
    return [line(derivedId(entry.id, 'returned'), 'T1100', { id: entry.id, type: 'TXN' })];
  }
  if (entry.kind === 'reversal_returned') return [line(derivedId(entry.id, 'given'), 'T1106', ofCapture)];
  const taken = line(entry.id, 'T1106', ofCapture);
  // PayPal lists what it takes for a chargeback by itself.
  const fee = { ...line(derivedId(entry.id, 'fee'), 'T0106', ofCapture), gross: -entry.fee };
  return entry.fee === 0n ? [taken] : [taken, fee];
}

function render({ entry, id, code, reference, gross, fee }: Line) {
  const money = (minor: bigint) => ({
    currency_code: entry.currency,
    value: formatMinor(entry.currency, minor),
  });
  return {
    paypal_account_id: 'TANDEMBUYER01',
    transaction_id: id,
    paypal_reference_id: reference.id,
    paypal_reference_id_type: reference.type,
    transaction_event_code: code,
    transaction_initiation_date: isoOffset(entry.at),
    transaction_updated_date: isoOffset(entry.at),
    transaction_amount: money(gross),
    ...(fee === 0n ? {} : { fee_amount: money(fee) }),
    transaction_status: 'S',
    ...(entry.customId === undefined ? {} : { custom_field: entry.customId, invoice_id: entry.customId }),
    protection_eligibility: '01',
    instrument_type: 'PAYPAL',
  };
}

/** The id of a line that PayPal numbers by itself; the same each time. */
function derivedId(id: string, what: string): string {
  const hash = createHash('sha256').update(`${id}:${what}`).digest('hex');
  return hash.slice(0, 17).toUpperCase();
}

/** `2014-07-11T04:03:52+0000`: as in PayPal's samples, whole seconds without a colon. */
const isoOffset = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}+0000`;

const fits = (query: URLSearchParams, name: string, value: string): boolean =>
  (query.get(name) ?? value) === value;

function linkTo(world: World, query: URLSearchParams, page: number): string {
  const next = new URLSearchParams(query);
  next.set('page', String(page));
  return `${world.url}${path}?${next}`;
}

function readDate(query: URLSearchParams, field: string): number {
  const value = query.get(field);
  if (value === null) throw PayPalError.invalid('MISSING_REQUIRED_PARAMETER', { field, location: 'query' });
  const at = Date.parse(value);
  if (!datePattern.test(value) || Number.isNaN(at))
    throw PayPalError.invalid('INVALID_PARAMETER_SYNTAX', { field, value, location: 'query' });
  return at;
}

function readCount(query: URLSearchParams, field: string, standard: number, most: number): number {
  const value = query.get(field) ?? String(standard);
  const count = /^\d{1,10}$/.test(value) ? Number(value) : 0;
  if (count < 1 || count > most)
    throw PayPalError.invalid('INVALID_PARAMETER_VALUE', { field, value, location: 'query' });
  return count;
}
