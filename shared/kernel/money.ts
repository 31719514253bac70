/**
 * An amount in the smallest unit of ISO 4217 (cents; yen have none), never a float. Providers count some currencies
 * otherwise; see services/payment/domain/provider-scale.ts.
 */
export interface Money {
  readonly amountMinor: bigint;
  /** ISO 4217, upper case. */
  readonly currency: string;
}

/** Digits after the decimal point by ISO 4217, where they are not two. */
const EXPONENTS: Readonly<Record<string, number>> = {
  BIF: 0,
  CLP: 0,
  DJF: 0,
  GNF: 0,
  ISK: 0,
  JPY: 0,
  KMF: 0,
  KRW: 0,
  PYG: 0,
  RWF: 0,
  UGX: 0,
  UYI: 0,
  VND: 0,
  VUV: 0,
  XAF: 0,
  XOF: 0,
  XPF: 0,
  BHD: 3,
  IQD: 3,
  JOD: 3,
  KWD: 3,
  LYD: 3,
  OMR: 3,
  TND: 3,
};

/** How many decimals ISO 4217 gives a currency. */
export const exponentOf = (currency: string): number => EXPONENTS[currency] ?? 2;

/** `1999n` and `2` to `19.99`; exact, for people and for providers that take decimal texts. Never negative. */
export const toDecimal = (amountMinor: bigint, decimals: number): string => {
  if (amountMinor < 0n) throw new RangeError('amounts are not negative');
  if (decimals === 0) return amountMinor.toString();
  const digits = amountMinor.toString().padStart(decimals + 1, '0');
  return `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
};

/** The reverse of `toDecimal`; null when the text is no plain decimal or has more decimals than there are. */
export const fromDecimal = (text: string, decimals: number): bigint | null => {
  const match = /^(\d{1,15})(?:\.(\d{1,6}))?$/.exec(text);
  if (match === null) return null;
  const fraction = match[2] ?? '';
  if (fraction.length > decimals && /[1-9]/.test(fraction.slice(decimals))) return null;
  return BigInt(`${match[1]}${fraction.slice(0, decimals).padEnd(decimals, '0')}`);
};
