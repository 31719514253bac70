import * as z from 'zod/mini';
import { fromPayPalValue } from '../domain/provider-scale';

/** An id of PayPal's, of whatever object. */
export const paypalId = z.string().check(z.regex(/^[\w-]{1,255}$/));

export const paypalMoney = z.object({
  currency_code: z.string().check(z.regex(/^[A-Z]{3}$/)),
  value: z.string(),
});

/** An amount that does not fit its currency at PayPal: a defect of theirs or ours, never to be rounded away. */
export class UnreadablePayPalAmountError extends Error {
  override readonly name = 'UnreadablePayPalAmountError';
}

/** PayPal's decimal text in ISO 4217 minor units. Throws UnreadablePayPalAmountError. */
export const minorOfPayPal = ({ currency_code, value }: z.infer<typeof paypalMoney>): bigint => {
  const amountMinor = fromPayPalValue(value, currency_code);
  if (amountMinor === null)
    throw new UnreadablePayPalAmountError(`cannot read a PayPal amount in ${currency_code}`);
  return amountMinor;
};
