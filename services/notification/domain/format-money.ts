import { exponentOf, type Money, toDecimal } from '#shared/kernel/money';

/**
 * An amount as people of a language write it: `€19.99`, `19,99 €`. Exact for any amount: the decimal text is formatted, no float.
 *
 * @param language BCP 47
 */
export const formatMoney = ({ amountMinor, currency }: Money, language: string): string => {
  const digits = exponentOf(currency);
  return new Intl.NumberFormat(language, {
    style: 'currency',
    currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(toDecimal(amountMinor, digits) as Intl.StringNumericLiteral);
};
