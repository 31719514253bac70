import type { OrderMail } from '../ports';

/** Has a recovery mail sent to an address that has an account; tells nobody whether it has. */
export const resetPassword = (
  { orderMail }: { readonly orderMail: OrderMail },
  email: string,
): Promise<void> => orderMail({ kind: 'recovery', email });
