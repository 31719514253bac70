import { AppError } from '#shared/errors/app-error';
import type { Money } from '#shared/kernel/money';
import { type Provider, toProviderMinor } from './provider-scale';

/** An entry of the catalogue: a fixed amount, or bounds for one of the payer's choice. ISO 4217 minor units. */
export interface Price {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly currency: string;
  readonly amountMinor: bigint | null;
  readonly minAmountMinor: bigint | null;
  readonly maxAmountMinor: bigint | null;
}

/** What a client wishes to pay, as far as it may have a say. */
export interface PriceWish {
  readonly provider: Provider;
  readonly amountMinor: bigint | null;
  readonly currency: string | null;
}

/**
 * What will be charged. The server's price decides; a client's amount counts only inside the bounds of an entry that has
 * them, and a client's currency must agree, so that nobody is charged something else than was shown.
 */
export const amountToCharge = (price: Price, wish: PriceWish): Money => {
  if (wish.currency !== null && wish.currency !== price.currency) {
    throw new AppError('amount_not_allowed', { detail: `This price is in ${price.currency}.` });
  }
  const money = { amountMinor: chosenAmount(price, wish.amountMinor), currency: price.currency };
  if (toProviderMinor(wish.provider, money) === null) {
    throw new AppError('currency_not_supported', {
      detail: `${wish.provider} cannot take this amount in ${price.currency}.`,
    });
  }
  return money;
};

const chosenAmount = (price: Price, wished: bigint | null): bigint => {
  if (price.amountMinor !== null) {
    if (wished !== null && wished !== price.amountMinor) {
      throw new AppError('amount_not_allowed', { detail: 'This price has a fixed amount.' });
    }
    return price.amountMinor;
  }
  const [min, max] = [price.minAmountMinor ?? 0n, price.maxAmountMinor ?? 0n];
  if (wished === null || wished < min || wished > max) {
    throw new AppError('amount_not_allowed', { detail: `Name an amount from ${min} to ${max}.` });
  }
  return wished;
};
