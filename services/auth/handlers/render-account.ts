import type { OutputOf } from '#shared/kernel/route';
import type { authContract } from '../contract';
import type { Account, PaymentSums } from '../domain/account';

type Rendered = OutputOf<typeof authContract.setRole.success.body>['user'];

/** An account in the words of the API. */
export const renderAccount = (account: Account): Rendered => ({
  id: account.id,
  email: account.email,
  name: account.name,
  role: account.role,
  email_confirmed: account.emailConfirmedAt !== null,
  created_at: account.createdAt.toISOString(),
  last_sign_in_at: account.lastSignInAt?.toISOString() ?? null,
  banned_until: account.bannedUntil?.toISOString() ?? null,
});

export const renderSums = (sums: PaymentSums) => ({
  currency: sums.currency,
  payments: Number(sums.payments),
  captured_amount: Number(sums.capturedMinor),
  refunded_amount: Number(sums.refundedMinor),
  reversed_amount: Number(sums.reversedMinor),
});
