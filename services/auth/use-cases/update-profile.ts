import type { Queryable } from '#shared/database/queryable';
import { AppError } from '#shared/errors/app-error';
import type { Profile } from '../domain/profile';
import { type ProfileChange, updateProfile as updateProfileRow } from '../sql/update-profile';

/** Changes what is given and answers all of it. @throws AppError `not_found` */
export const updateProfile = async (
  { database }: { readonly database: Queryable },
  userId: string,
  change: ProfileChange,
): Promise<Profile> => {
  const profile = await updateProfileRow(database, userId, change);
  if (profile === null) throw new AppError('not_found');
  return profile;
};
