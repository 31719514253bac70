import type { Queryable } from '#shared/database/queryable';
import type { Profile } from '../domain/profile';
import { PROFILE_COLUMNS } from './profile-columns';

const TEXT = `
  select ${PROFILE_COLUMNS}
  from public.user_profiles p join public.user_preferences q on q.user_id = p.id
  where p.id = $1`;

/** A user's profile and preferences; null where the account has neither yet. */
export const findProfile = async (database: Queryable, userId: string): Promise<Profile | null> =>
  (await database.query<Profile>(TEXT, [userId])).rows[0] ?? null;
