import { exponentOf, fromDecimal, type Money, toDecimal } from '#shared/kernel/money';

/**
 * Providers disagree with ISO 4217 and with each other on how many decimals a currency has, so each has a table of its own.
 * PayPal's is whole, and a currency that is not in it is refused rather than guessed: a wrong guess is wrong by a factor of 100.
 * Stripe's has what differs: it counts all others with two decimals ("unless otherwise noted"), and refuses those that it does not take.
 */
export type Provider = 'stripe' | 'paypal';

/** Stripe's zero-decimal currencies (docs.stripe.com/currencies). UGX is listed there but counted with two decimals. */
const STRIPE_ZERO_DECIMAL = new Set('BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF'.split(' '));

/** Two decimals in Stripe's API, but the last two must be 00 (docs.stripe.com/currencies, special cases). */
const STRIPE_WHOLE_UNITS_ONLY = new Set(['ISK', 'UGX']);

/**
 * Three-decimal currencies want a last digit of 0 and depend on the account; refused until somebody needs them
 * (docs.stripe.com/currencies, three-decimal currencies).
 */
const STRIPE_REFUSED = new Set(['BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND', 'UYI']);

/** Every currency PayPal takes with its decimals (developer.paypal.com, currency codes): HUF, JPY and TWD have none. */
const PAYPAL_DECIMALS: Readonly<Record<string, number>> = {
  AUD: 2,
  BRL: 2,
  CAD: 2,
  CHF: 2,
  CNY: 2,
  CZK: 2,
  DKK: 2,
  EUR: 2,
  GBP: 2,
  HKD: 2,
  HUF: 0,
  ILS: 2,
  JPY: 0,
  MXN: 2,
  MYR: 2,
  NOK: 2,
  NZD: 2,
  PHP: 2,
  PLN: 2,
  SEK: 2,
  SGD: 2,
  THB: 2,
  TWD: 0,
  USD: 2,
};

/** Digits after the point in the provider's API, or null where it does not take the currency. */
export const providerDecimals = (provider: Provider, currency: string): number | null => {
  if (provider === 'paypal') return PAYPAL_DECIMALS[currency] ?? null;
  if (STRIPE_REFUSED.has(currency)) return null;
  return STRIPE_ZERO_DECIMAL.has(currency) ? 0 : 2;
};

/** Our amount in the provider's smallest unit; null when the provider cannot express it (17.50 HUF at PayPal). */
export const toProviderMinor = (provider: Provider, { amountMinor, currency }: Money): bigint | null => {
  const decimals = providerDecimals(provider, currency);
  if (decimals === null) return null;
  const scaled = rescale(amountMinor, exponentOf(currency), decimals);
  if (scaled === null) return null;
  if (provider === 'stripe' && STRIPE_WHOLE_UNITS_ONLY.has(currency) && scaled % 100n !== 0n) return null;
  return scaled;
};

/** The provider's smallest unit in ours; null when ISO 4217 cannot express it (half an Icelandic króna). */
export const fromProviderMinor = (provider: Provider, amount: bigint, currency: string): bigint | null => {
  const decimals = providerDecimals(provider, currency);
  return decimals === null ? null : rescale(amount, decimals, exponentOf(currency));
};

/** PayPal's decimal text of our amount: `19.99`, `1500` for yen; null when PayPal cannot express it. */
export const toPayPalValue = (money: Money): string | null => {
  const minor = toProviderMinor('paypal', money);
  const decimals = providerDecimals('paypal', money.currency);
  return minor === null || decimals === null ? null : toDecimal(minor, decimals);
};

/** Our amount of PayPal's decimal text; null when it is none or does not fit the currency. */
export const fromPayPalValue = (value: string, currency: string): bigint | null => {
  const decimals = providerDecimals('paypal', currency);
  if (decimals === null) return null;
  const minor = fromDecimal(value, decimals);
  return minor === null ? null : fromProviderMinor('paypal', minor, currency);
};

const rescale = (amount: bigint, from: number, to: number): bigint | null => {
  if (to >= from) return amount * 10n ** BigInt(to - from);
  const divisor = 10n ** BigInt(from - to);
  return amount % divisor === 0n ? amount / divisor : null;
};
