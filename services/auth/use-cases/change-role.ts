import type { Database } from '#shared/database/pool';
import { withTransaction } from '#shared/database/with-transaction';
import { writeAudit } from '#shared/database/write-audit';
import type { Actor } from '#shared/kernel/actor';
import type { Account } from '../domain/account';
import { type Role, setRole } from '../sql/set-role';
import { standingOf, wasChanged } from './change-account';

/**
 * Gives an account a role in place of the one it has, or takes it with null; both count from its next request. A role it has
 * already changes nothing and leaves no line.
 *
 * @throws AppError `not_found`, `own_account`, `forbidden`
 */
export const changeRole = (
  { database }: { readonly database: Database },
  actor: Actor,
  { userId, role }: { readonly userId: string; readonly role: Role | null },
): Promise<Account> =>
  withTransaction(database, async (tx) => {
    const { outcome, was } = await setRole(tx, { actorId: actor.userId, userId, role });
    if (wasChanged(outcome)) {
      await writeAudit(tx, {
        actor,
        action: 'roles.change',
        target: userId,
        before: { role: was ?? 'user' },
        after: { role: role ?? 'user' },
      });
    }
    return standingOf(tx, userId);
  });
