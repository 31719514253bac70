import { invalidParam } from './stripe-error';

/** Currencies without minor unit: 500 means 500 yen (docs.stripe.com/currencies#zero-decimal). */
export const zeroDecimalCurrencies = new Set(
  'bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf'.split(' '),
);

/**
 * Sent with two decimals but only whole units are taken (docs.stripe.com/currencies#special-cases): fractional ISK
 * ended in April 2023, UGX is "effectively zero-decimal".
 */
const wholeUnitCurrencies = new Set(['isk', 'ugx']);

/** Smallest charge in the currency's unit (docs.stripe.com/currencies#minimum-and-maximum-charge-amounts). */
const smallest: Record<string, number> = {
  usd: 50,
  aed: 200,
  aud: 50,
  bgn: 100,
  brl: 50,
  cad: 50,
  chf: 50,
  czk: 1500,
  dkk: 250,
  eur: 50,
  gbp: 30,
  hkd: 400,
  huf: 17500,
  inr: 50,
  jpy: 50,
  mxn: 1000,
  myr: 200,
  nok: 300,
  nzd: 50,
  pln: 200,
  ron: 200,
  sek: 300,
  sgd: 50,
  thb: 1000,
};

const others = `aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bmd bnd bob brl bsd bwp byn bzd cad cdf chf
  cny cop crc cve czk dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gtq gyd hkd hnl htg huf idr ils inr isk jmd kes
  kgs khr kyd kzt lak lbp lkr lrd lsl mad mdl mkd mmk mnt mop mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd pab pen
  pgk php pkr pln qar ron rsd rub sar sbd scr sek sgd shp sle sos srd std szl thb tjs top try ttd twd tzs uah ugx usd
  uyu uzs wst xcd xcg yer zar zmw bhd jod kwd omr tnd`;

const known = new Set([...zeroDecimalCurrencies, ...others.split(/\s+/)]);
const threeDecimalCurrencies = new Set(['bhd', 'jod', 'kwd', 'omr', 'tnd']);

/**
 * Refuses a currency Stripe does not have.
 * @returns the currency in lower case
 */
export function readCurrency(currency: string): string {
  const lower = currency.toLowerCase();
  if (known.has(lower)) return lower;
  throw invalidParam(
    'currency',
    `Invalid currency: ${lower}. Stripe currently supports these currencies: ${[...known].sort().join(', ')}`,
  );
}

/** Refuses an amount that cannot be charged in the currency. Amounts are in Stripe's unit for it. */
export function checkAmount(amount: number, currency: string): void {
  if (amount < 1) {
    throw invalidParam(
      'amount',
      'This value must be greater than or equal to 1.',
      'parameter_invalid_integer',
    );
  }
  if (amount > 99_999_999) {
    throw invalidParam(
      'amount',
      `Amount must be no more than ${showAmount(99_999_999, currency)}`,
      'amount_too_large',
    );
  }
  const minimum = smallest[currency] ?? 1;
  if (amount < minimum) {
    const message = `Amount must be at least ${showAmount(minimum, currency)} ${currency}`;
    throw invalidParam('amount', message, 'amount_too_small');
  }
  if (wholeUnitCurrencies.has(currency) && amount % 100 !== 0) {
    const code =
      currency === 'isk' ? 'invalid_charge_amount_no_decimal_compatible' : 'parameter_invalid_integer';
    const message = `Currency ${currency.toUpperCase()} has become effectively zero-decimal and charged amounts must be evenly divisible by 100.`;
    throw invalidParam('amount', message, code);
  }
  if (threeDecimalCurrencies.has(currency) && amount % 10 !== 0) {
    throw invalidParam(
      'amount',
      `Amounts in ${currency.toUpperCase()} must end in 0.`,
      'parameter_invalid_integer',
    );
  }
}

/** An amount for a message: `$20.00`, `¥500`, `20.00 chf`. */
export function showAmount(amount: number, currency: string): string {
  const signs: Record<string, string> = { usd: '$', eur: '€', gbp: '£', jpy: '¥' };
  const sign = signs[currency];
  const digits = zeroDecimalCurrencies.has(currency) ? 0 : threeDecimalCurrencies.has(currency) ? 3 : 2;
  const text = String(amount).padStart(digits + 1, '0');
  const shown = digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
  return sign ? `${sign}${shown}` : `${shown} ${currency}`;
}
