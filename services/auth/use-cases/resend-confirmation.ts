import type { OrderMail } from '../ports';

/** Has the confirmation mail of a sign-up sent once more, if one is waited for; tells nobody whether it is. */
export const resendConfirmation = (
  { orderMail }: { readonly orderMail: OrderMail },
  email: string,
): Promise<void> => orderMail({ kind: 'confirmation', email });
