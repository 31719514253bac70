import { AppError } from '#shared/errors/app-error';
import { deleteAccount as deleteAccountRows } from '../sql/delete-account';
import { endSupabaseSession } from '../sql/end-supabase-session';
import { type Claim, type ProveOwnerDeps, proveOwner } from './prove-owner';

/**
 * Deletes the caller's account: every session ends, profile and preferences go, payments and ledger stay without a user.
 *
 * @throws AppError `subscription_open` while something must be settled first; `credentials_invalid`, `forbidden`
 */
export const deleteAccount = async (deps: ProveOwnerDeps, claim: Claim): Promise<void> => {
  const { database, now } = deps;
  const { userId } = claim;
  const { passwordSession } = await proveOwner(deps, claim);
  const blockers = await deleteAccountRows(database, userId);
  if (blockers.length === 0) return;
  if (passwordSession !== null) {
    const supabaseSessionId = passwordSession.id;
    await endSupabaseSession(database, { supabaseSessionId, userId, now: new Date(now()) });
  }
  throw new AppError('subscription_open', { detail: `In the way: ${blockers.join(', ')}.` });
};
