import type { Queryable } from '#shared/database/queryable';
import { AppError } from '#shared/errors/app-error';
import { decodeCursor, encodeCursor } from '../domain/cursor';
import type { PaymentSummary } from '../domain/payment-summary';
import { findPayment } from '../sql/find-payment';
import { listPayments, type PaymentPage } from '../sql/list-payments';
import type { LoadedPayment } from '../sql/load-payments';

export interface HistoryDeps {
  readonly database: Queryable;
}

export interface HistoryRequest extends Omit<PaymentPage, 'after'> {
  /** `nextCursor` of the page before. */
  readonly cursor: string | null;
}

export interface HistoryPage {
  readonly payments: readonly PaymentSummary[];
  /** Null on the last page. */
  readonly nextCursor: string | null;
}

/** A page of a user's payments. Reads one row more than asked for, to know whether another page follows. */
export const listHistory = async (
  { database }: HistoryDeps,
  request: HistoryRequest,
): Promise<HistoryPage> => {
  const after = request.cursor === null ? null : decodeCursor(request.cursor);
  const rows = await listPayments(database, { ...request, after, limit: request.limit + 1 });
  const payments = rows.slice(0, request.limit);
  const last = payments.at(-1);
  const hasMore = rows.length > request.limit && last !== undefined;
  return { payments, nextCursor: hasMore ? encodeCursor({ createdAt: last.cursorAt, id: last.id }) : null };
};

/** One payment of that user with its facts. Throws `payment_not_found` for anybody else's, as for none. */
export const getHistory = async (
  { database }: HistoryDeps,
  request: { readonly userId: string; readonly id: string },
): Promise<LoadedPayment> => {
  const payment = await findPayment(database, request.id);
  if (payment === null || payment.userId !== request.userId) throw new AppError('payment_not_found');
  return payment;
};
