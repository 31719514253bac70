import * as z from 'zod/mini';
import { AppError } from '#shared/errors/app-error';
import type { Movement } from '../domain/movement';
import type { MovementPage, ProviderStatement } from '../ports';
import type { CallPayPal } from './call-paypal';
import { movementsOfTransaction, paypalTransaction } from './paypal-movements';

const PATH = '/v1/reporting/transactions';

/** Lines a page: as many as fit into an answer of 1 MB for sure; PayPal gives up to 500. */
const PAGE = 250;

/** A question may span 31 days; milliseconds to each side of the moment in question. */
const AROUND_MS = 15 * 24 * 3_600_000;

const page = z.object({
  transaction_details: z._default(z.array(z.object({ transaction_info: z.unknown() })), []),
  total_pages: z._default(z.int(), 1),
});

/**
 * PayPal's statement: Transaction Search v1. It lags by up to three hours and keeps three years. Only what moved the balance, and
 * of it nothing about the payer. The mark of a page is its number.
 */
export const paypalStatement = (call: CallPayPal): ProviderStatement => {
  const ask = async (query: Readonly<Record<string, string | number>>) => {
    const fields = { fields: 'transaction_info', balance_affecting_records_only: 'Y', page_size: PAGE };
    const answer = page.safeParse(await call(({ get }) => get(PATH, { ...fields, ...query })));
    if (!answer.success) throw new AppError('provider_unavailable', { cause: answer.error });
    const { transaction_details: details, total_pages: pages } = answer.data;
    return { ...readLines(details.map(({ transaction_info: info }) => info)), pages };
  };

  return {
    list: async ({ from, until, mark }) => {
      const number = mark === null ? 1 : Number(mark);
      const { pages, ...lines } = await ask({ start_date: iso(from), end_date: iso(until), page: number });
      return { ...lines, next: number < pages ? String(number + 1) : null };
    },
    find: async ({ objectId, at }) => {
      const range = { start_date: iso(at - AROUND_MS), end_date: iso(at + AROUND_MS) };
      return (await ask({ ...range, transaction_id: objectId })).movements;
    },
  };
};

const iso = (ms: number): string => new Date(ms).toISOString();

/** A line that cannot be read is told and does not keep the others out. */
const readLines = (lines: readonly unknown[]): Pick<MovementPage, 'movements' | 'refused'> => {
  const movements: Movement[] = [];
  const refused: { id: string; error: unknown }[] = [];
  for (const line of lines) {
    try {
      movements.push(...movementsOfTransaction(paypalTransaction.parse(line)));
    } catch (error) {
      refused.push({ id: idOf(line), error });
    }
  }
  return { movements, refused };
};

const named = z.object({ transaction_id: z.string() });

const idOf = (line: unknown): string => {
  const parsed = named.safeParse(line);
  return parsed.success ? parsed.data.transaction_id.slice(0, 64) : 'unnamed';
};
