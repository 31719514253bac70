import { AppError } from '#shared/errors/app-error';
import { deleteAccount as deleteAccountRows } from '../sql/delete-account';
import { endSupabaseSession } from '../sql/end-supabase-session';
import { type Claim, type ProveOwnerDeps, proveOwner } from './prove-owner';

/**
 * Deletes the caller's account: every session ends, profile and preferences go, payments and ledger stay without a user.
 *
 * @throws AppError `subscription_open` and `role_held` while something must be settled first; `credentials_invalid`, `forbidden`
 */
export const deleteAccount = async (deps: ProveOwnerDeps, claim: Claim): Promise<void> => {
  const { database, now } = deps;
  const { userId } = claim;
  const { passwordSession } = await proveOwner(deps, claim);
  const blockers = await deleteAccountRows(database, userId);
  const [blocker] = blockers;
  if (blocker === undefined) return;
  if (passwordSession !== null) {
    const supabaseSessionId = passwordSession.id;
    await endSupabaseSession(database, { supabaseSessionId, userId, now: new Date(now()) });
  }
  throw new AppError(blocker, { detail: `In the way: ${blockers.join(', ')}.` });
};
