import type { Queryable } from '#shared/database/queryable';
import type { Price } from '../domain/price';

interface Row {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly currency: string;
  readonly amount_minor: string | null;
  readonly min_amount_minor: string | null;
  readonly max_amount_minor: string | null;
}

/** The whole active catalogue, by id. */
export const listPrices = async (db: Queryable): Promise<readonly Price[]> => {
  const { rows } = await db.query<Row>(
    `select id, name, description, currency, amount_minor, min_amount_minor, max_amount_minor
     from public.prices where active order by id`,
  );
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    description: row.description,
    currency: row.currency,
    amountMinor: toBigInt(row.amount_minor),
    minAmountMinor: toBigInt(row.min_amount_minor),
    maxAmountMinor: toBigInt(row.max_amount_minor),
  }));
};

const toBigInt = (text: string | null): bigint | null => (text === null ? null : BigInt(text));
