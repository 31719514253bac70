import type { Queryable } from '#shared/database/queryable';
import { AppError } from '#shared/errors/app-error';
import type { Profile } from '../domain/profile';
import { findProfile } from '../sql/find-profile';

/** The caller's profile. @throws AppError `not_found` for an account that was deleted while its token still lives */
export const getProfile = async (
  { database }: { readonly database: Queryable },
  userId: string,
): Promise<Profile> => {
  const profile = await findProfile(database, userId);
  if (profile === null) throw new AppError('not_found');
  return profile;
};
