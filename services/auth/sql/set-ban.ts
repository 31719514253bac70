import type { Queryable } from '#shared/database/queryable';
import type { ChangeOutcome } from '../domain/account';

const TEXT = 'select outcome, was from private.set_ban($1, $2, $3)';

/** Bans an account until a moment, or lifts the ban with null, in the name of an admin; with what was before. */
export const setBan = async (
  tx: Queryable,
  {
    actorId,
    userId,
    until,
  }: { readonly actorId: string; readonly userId: string; readonly until: Date | null },
): Promise<{ readonly outcome: ChangeOutcome; readonly was: Date | null }> => {
  const { rows } = await tx.query<{ outcome: ChangeOutcome; was: Date | null }>(TEXT, [
    actorId,
    userId,
    until,
  ]);
  return rows[0] ?? { outcome: 'absent', was: null };
};
