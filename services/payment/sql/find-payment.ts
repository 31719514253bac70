import type { Queryable } from '#shared/database/queryable';
import {
  factsOfPayment,
  type LoadedPayment,
  type PaymentRow,
  paymentColumns,
  toLoadedPayment,
} from './load-payments';

/** One payment by our id with all its facts, or null. */
export const findPayment = async (db: Queryable, id: string): Promise<LoadedPayment | null> => {
  const { rows } = await db.query<PaymentRow>(
    `select ${paymentColumns} from public.payments p ${factsOfPayment} where p.id = $1::uuid`,
    [id],
  );
  const row = rows[0];
  return row === undefined ? null : toLoadedPayment(row);
};
