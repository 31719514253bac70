import type { Queryable } from '#shared/database/queryable';
import type { ChangeOutcome } from '../domain/account';

export type Role = 'support' | 'admin';

const TEXT = 'select outcome, was from private.set_role($1, $2, $3)';

/** Gives an account a role, or takes it with null, in the name of an admin; with the role before. */
export const setRole = async (
  tx: Queryable,
  {
    actorId,
    userId,
    role,
  }: { readonly actorId: string; readonly userId: string; readonly role: Role | null },
): Promise<{ readonly outcome: ChangeOutcome; readonly was: Role | null }> => {
  const { rows } = await tx.query<{ outcome: ChangeOutcome; was: Role | null }>(TEXT, [
    actorId,
    userId,
    role,
  ]);
  return rows[0] ?? { outcome: 'absent', was: null };
};
