import { PayPalError } from './paypal-error';

/** An amount in the smallest unit PayPal accepts for the currency: yen for JPY, cents for USD, whole forint for HUF. */
export type Money = { readonly currency: string; readonly minor: bigint };

/** The wire form: a decimal string with PayPal's own number of decimals. */
export type WireMoney = { currency_code: string; value: string };

/** PayPal takes no decimals for these, whatever ISO 4217 says (developer.paypal.com, currency codes). */
const zeroDecimal = new Set(['HUF', 'JPY', 'TWD']);

const twoDecimal = new Set(
  'AUD BRL CAD CHF CNY CZK DKK EUR GBP HKD ILS MXN MYR NOK NZD PHP PLN RUB SEK SGD THB USD'.split(' '),
);

/** `money.value` in the official schema. */
const decimalPattern = /^((-?[0-9]+)|(-?([0-9]+)?[.][0-9]+))$/;

/** 999999999999999.99, the largest value PayPal names in MAX_VALUE_EXCEEDED. */
const maxMinor = 99_999_999_999_999_999n;

/** Decimals PayPal uses for a currency, or undefined where it does not trade it (no three-decimal currency is). */
export function scaleOf(currency: string): 0 | 2 | undefined {
  if (zeroDecimal.has(currency)) return 0;
  return twoDecimal.has(currency) ? 2 : undefined;
}

/**
 * Reads `{currency_code, value}` from a request body.
 * Throws the PayPalError that the Orders and Payments APIs answer, naming `field` (a JSON pointer).
 */
export function parseMoney(input: unknown, field: string): Money {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw PayPalError.invalid('MISSING_REQUIRED_PARAMETER', { field });
  }
  const { currency_code: currency, value } = input as Record<string, unknown>;
  if (currency === undefined)
    throw PayPalError.invalid('MISSING_REQUIRED_PARAMETER', { field: `${field}/currency_code` });
  if (value === undefined)
    throw PayPalError.invalid('MISSING_REQUIRED_PARAMETER', { field: `${field}/value` });
  if (typeof currency !== 'string' || currency.length !== 3) {
    throw PayPalError.invalid('INVALID_STRING_LENGTH', {
      field: `${field}/currency_code`,
      value: String(currency),
    });
  }
  if (typeof value !== 'string' || value.length > 32 || !decimalPattern.test(value)) {
    throw PayPalError.invalid('INVALID_PARAMETER_SYNTAX', { field: `${field}/value`, value: String(value) });
  }
  const scale = scaleOf(currency);
  if (scale === undefined) {
    throw PayPalError.unprocessable('INVALID_CURRENCY_CODE', {
      field: `${field}/currency_code`,
      value: currency,
    });
  }
  const [whole = '', fraction] = value.replace('-', '').split('.');
  if (fraction !== undefined && scale === 0) {
    throw PayPalError.unprocessable('DECIMALS_NOT_SUPPORTED', { field: `${field}/value`, value });
  }
  if (fraction !== undefined && fraction.length > scale) {
    throw PayPalError.unprocessable('DECIMAL_PRECISION', { field: `${field}/value`, value });
  }
  const digits = BigInt((whole || '0') + (fraction ?? '').padEnd(scale, '0'));
  if (value.startsWith('-') || digits === 0n) {
    throw PayPalError.unprocessable('CANNOT_BE_ZERO_OR_NEGATIVE', { field: `${field}/value`, value });
  }
  if (digits > maxMinor)
    throw PayPalError.unprocessable('MAX_VALUE_EXCEEDED', { field: `${field}/value`, value });
  return { currency, minor: digits };
}

/** The decimal string PayPal would print: `1999n` USD is "19.99", `1999n` JPY is "1999". */
export function formatMinor(currency: string, minor: bigint): string {
  const scale = scaleOf(currency) ?? 2;
  if (scale === 0) return minor.toString();
  const sign = minor < 0n ? '-' : '';
  const digits = (minor < 0n ? -minor : minor).toString().padStart(scale + 1, '0');
  return `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

export function toWire(money: Money): WireMoney {
  return { currency_code: money.currency, value: formatMinor(money.currency, money.minor) };
}

/** Fixed parts of the fee where 0.49 of the unit would make no sense (PayPal's fixed-fee table). */
const fixedFee: Record<string, bigint> = { JPY: 40n, HUF: 90n, TWD: 10n };

/** What PayPal keeps of a capture: 3.49 % (half up) plus a fixed fee, never more than the capture. */
export function feeFor(amount: Money): bigint {
  const fee = (amount.minor * 349n + 5_000n) / 10_000n + (fixedFee[amount.currency] ?? 49n);
  return fee < amount.minor ? fee : amount.minor;
}
