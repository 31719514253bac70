import type { Now } from '#shared/kernel/ids';
import type { AccountKeys } from '#shared/limits/account-keys';
import type { LimitStore } from '#shared/limits/limit-store';

/** Mails within any hour. */
const LIMIT = 5;
const HOUR_MS = 3_600_000;

/**
 * Whether one more mail may go to an address that was signed up with once more; counts it. Counted here and not by the
 * route, where strangers could use up the tries of somebody who has none but these: what they had sent is in the mailbox, and
 * any of it lets its owner in.
 */
export const makeCountSignUpMail =
  ({
    store,
    accounts,
    now,
  }: {
    readonly store: Pick<LimitStore, 'take'>;
    readonly accounts: Pick<AccountKeys, 'accountOf'>;
    readonly now: Now;
  }) =>
  async (email: string): Promise<boolean> => {
    const key = `mail POST /api/auth/signup ${accounts.accountOf(email, new Map())}`;
    return (await store.take({ key, limit: LIMIT, windowMs: HOUR_MS }, now())).allowed;
  };
