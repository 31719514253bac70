import type { Queryable } from '#shared/database/queryable';
import type { PaymentSums } from '../domain/account';

interface Row {
  readonly currency: string;
  readonly payments: string;
  readonly captured_minor: string;
  readonly refunded_minor: string;
  readonly reversed_minor: string;
}

const TEXT = 'select * from private.account_payment_sums($1)';

/** What an account has paid, in each currency. */
export const sumPayments = async (database: Queryable, userId: string): Promise<readonly PaymentSums[]> => {
  const { rows } = await database.query<Row>(TEXT, [userId]);
  return rows.map((row) => ({
    currency: row.currency,
    payments: BigInt(row.payments),
    capturedMinor: BigInt(row.captured_minor),
    refundedMinor: BigInt(row.refunded_minor),
    reversedMinor: BigInt(row.reversed_minor),
  }));
};
