import type { Queryable } from '#shared/database/queryable';
import type { RefusalReason } from '../domain/refusal';

/** Refuses a file that is being looked at; false when somebody else decided first, or it is gone. */
export const refuseFile = async (
  tx: Queryable,
  file: { readonly id: string; readonly reason: RefusalReason },
): Promise<boolean> => {
  const { rowCount } = await tx.query(
    `update public.files set status = 'refused', reason = $2, size_bytes = 0, decided_at = now()
     where id = $1::uuid and status = 'inspecting'`,
    [file.id, file.reason],
  );
  return rowCount === 1;
};
