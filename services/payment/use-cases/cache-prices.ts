import type { Queryable } from '#shared/database/queryable';
import type { Now } from '#shared/kernel/ids';
import type { Price } from '../domain/price';
import { listPrices } from '../sql/list-prices';

/** Milliseconds for which a process believes the catalogue it read; a price change reaches every process within it. */
const LIFETIME_MS = 30_000;

export interface PriceCache {
  readonly listPrices: () => Promise<readonly Price[]>;
  readonly findPrice: (id: string) => Promise<Price | null>;
}

/** The catalogue, read at most once in half a minute by each process. A failed reading is not kept. */
export const cachePrices = (database: Queryable, now: Now): PriceCache => {
  let held: { readonly until: number; readonly prices: readonly Price[] } | null = null;
  const read = async (): Promise<readonly Price[]> => {
    if (held === null || now() >= held.until)
      held = { until: now() + LIFETIME_MS, prices: await listPrices(database) };
    return held.prices;
  };
  return {
    listPrices: read,
    findPrice: async (id) => (await read()).find((price) => price.id === id) ?? null,
  };
};
