import type { Queryable } from '#shared/database/queryable';

export interface FileNotice {
  readonly userId: string;
  readonly kind: 'file_accepted' | 'file_refused';
  readonly fileId: string;
  readonly data: Readonly<Record<string, string>>;
}

/** Tells a file's owner how it was decided about, once for each file, in the transaction that decides. */
export const notifyOwner = async (
  tx: Queryable,
  { userId, kind, fileId, data }: FileNotice,
): Promise<void> => {
  await tx.query(`select private.notify($1::uuid, $2::text, $3::text, $4::jsonb)`, [
    userId,
    kind,
    fileId,
    JSON.stringify(data),
  ]);
};
