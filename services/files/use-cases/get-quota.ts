import type { Queryable } from '#shared/database/queryable';
import { QUOTA } from '../domain/purposes';
import { sumFiles } from '../sql/sum-files';

export interface Quota {
  readonly files: { readonly used: number; readonly limit: number };
  readonly bytes: { readonly used: number; readonly limit: number };
}

/** What a user keeps and may keep. */
export const getQuota = async (
  { database }: { readonly database: Queryable },
  userId: string,
): Promise<Quota> => {
  const used = await sumFiles(database, userId);
  return {
    files: { used: used.files, limit: QUOTA.files },
    bytes: { used: used.bytes, limit: QUOTA.bytes },
  };
};
