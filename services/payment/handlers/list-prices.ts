import type { HandlerOf } from '#shared/http/request';
import type { PaymentContract } from '../contract';
import type { Price } from '../domain/price';

export interface ListPricesDeps {
  readonly listPrices: () => Promise<readonly Price[]>;
}

export const handleListPrices =
  ({ listPrices }: ListPricesDeps): HandlerOf<PaymentContract['listPrices']> =>
  async () => ({
    body: {
      success: true,
      prices: (await listPrices()).map((price) => ({
        id: price.id,
        name: price.name,
        description: price.description,
        currency: price.currency,
        amount: toNumber(price.amountMinor),
        min_amount: toNumber(price.minAmountMinor),
        max_amount: toNumber(price.maxAmountMinor),
      })),
    },
  });

const toNumber = (amountMinor: bigint | null): number | null =>
  amountMinor === null ? null : Number(amountMinor);
