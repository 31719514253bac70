import { AppError } from '#shared/errors/app-error';
import type { OrderMail } from '../ports';
import { endSupabaseSession } from '../sql/end-supabase-session';
import { type Claim, type ProveOwnerDeps, proveOwner } from './prove-owner';

export interface ChangeEmailDeps extends ProveOwnerDeps {
  readonly orderMail: OrderMail;
}

export interface ChangeEmail extends Claim {
  readonly email: string;
  /** The Supabase access token the caller came with; null for an opaque token. */
  readonly accessToken: string | null;
}

/**
 * Asks the new address to confirm, behind the answer; nothing changes until it does. Says nothing of whether the address is
 * taken. The session that proved the password lives until then.
 */
export const changeEmail = async (deps: ChangeEmailDeps, asked: ChangeEmail): Promise<void> => {
  const { database, orderMail, now } = deps;
  const { passwordSession } = await proveOwner(deps, asked);
  // The caller's own has perhaps shown a second factor, which the one just made by password has not.
  const accessToken = asked.accessToken ?? passwordSession?.accessToken;
  const { userId, email } = asked;
  const proofSessionId = passwordSession?.id ?? null;
  try {
    if (accessToken === undefined) {
      throw new AppError('forbidden', { detail: 'Send current_password, or come with an access token.' });
    }
    await orderMail({ kind: 'new_address', email, userId, accessToken, proofSessionId });
  } catch (error) {
    if (proofSessionId !== null) {
      await endSupabaseSession(database, { supabaseSessionId: proofSessionId, userId, now: new Date(now()) });
    }
    throw error;
  }
};
