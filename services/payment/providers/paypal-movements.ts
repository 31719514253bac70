import * as z from 'zod/mini';
import { isUuid } from '#shared/kernel/ids';
import { bookingKey, type Movement } from '../domain/movement';
import { minorOfPayPal, paypalId, paypalMoney } from './paypal-amounts';

/** A line of PayPal's statement (Transaction Search v1, transaction_info). Of the payer nothing is asked for. */
export const paypalTransaction = z.object({
  transaction_id: paypalId,
  paypal_reference_id: z.optional(paypalId),
  paypal_reference_id_type: z.optional(z.string()),
  transaction_event_code: z.string(),
  transaction_initiation_date: z.string(),
  transaction_amount: paypalMoney,
  fee_amount: z.optional(paypalMoney),
  transaction_status: z.string(),
  invoice_id: z.optional(z.string()),
  custom_field: z.optional(z.string()),
});

type Line = z.infer<typeof paypalTransaction>;

interface Booked {
  readonly books: Movement['books'];
  readonly objectId: string;
  readonly orKey: string | null;
}

/**
 * What a line should have made us book, by its event code (developer.paypal.com, transaction event codes) and its sign:
 * T00nn a sale, T1107 a refund of ours, T1106 and T12nn what PayPal or a bank took back (below 0) or returned (above 0), T0106
 * the fee for a chargeback, T1100 a refund that came back. Null for all others: withdrawals to the bank (T04nn), holds,
 * conversions.
 */
const bookedFor = (line: Line): Booked | null => {
  const { transaction_event_code: code, transaction_id: objectId } = line;
  const isOut = line.transaction_amount.value.startsWith('-');
  if (code.startsWith('T00')) return isOut ? null : { books: 'capture', objectId, orKey: null };
  if (code === 'T1107') return { books: 'refund', objectId, orKey: null };
  if (code === 'T0106' && isOut) return { books: 'fee', objectId, orKey: null };
  const refund = referenceOf(line);
  if (code === 'T1100' && !isOut && refund !== null)
    return { books: 'refund_reversal', objectId: refund, orKey: null };
  if (code !== 'T1106' && !code.startsWith('T12')) return null;
  if (!isOut) return { books: 'reinstatement', objectId, orKey: null };
  // A refund where the order lists it, else a withdrawal from the capture.
  const captureId = referenceOf(line);
  const orKey = captureId === null ? null : bookingKey('paypal', 'withdrawal', captureId);
  return { books: 'refund', objectId, orKey };
};

/** The transaction that a line is about. */
const referenceOf = (line: Line): string | null =>
  line.paypal_reference_id_type === 'TXN' ? (line.paypal_reference_id ?? null) : null;

/** The movements of a line: what was moved, and PayPal's fee. Denied ones moved nothing. */
export const movementsOfTransaction = (line: Line): readonly Movement[] => {
  const booked = bookedFor(line);
  if (booked === null || line.transaction_status === 'D') return [];
  const code = line.transaction_amount.currency_code;
  const isOrder = line.paypal_reference_id_type === 'ODR';
  const movement: Movement = {
    ...booked,
    provider: 'paypal',
    lineId: line.transaction_id,
    amountMinor: magnitude(line.transaction_amount),
    currency: code,
    settledCurrency: code,
    isPending: line.transaction_status === 'P',
    providerRef: isOrder ? (line.paypal_reference_id ?? null) : null,
    paymentId: [line.custom_field ?? '', line.invoice_id ?? ''].find(isUuid) ?? null,
    parentId: booked.books === 'capture' ? null : referenceOf(line),
    at: new Date(line.transaction_initiation_date).toISOString(),
  };
  return [...(movement.amountMinor > 0n ? [movement] : []), ...feeOf(line, movement)];
};

/** Taken with a sale (below 0), or given back with a refund. */
const feeOf = (line: Line, movement: Movement): readonly Movement[] => {
  const fee = line.fee_amount;
  if (fee === undefined || fee.currency_code !== movement.currency) return [];
  const amountMinor = magnitude(fee);
  if (amountMinor === 0n) return [];
  const isTaken = fee.value.startsWith('-');
  const objectId = line.transaction_id;
  const parentId = movement.books === 'capture' ? objectId : movement.parentId;
  return [
    { ...movement, books: isTaken ? 'fee' : 'fee_return', objectId, orKey: null, amountMinor, parentId },
  ];
};

const magnitude = ({ currency_code, value }: z.infer<typeof paypalMoney>): bigint =>
  minorOfPayPal({ currency_code, value: value.replace(/^-/, '') });
