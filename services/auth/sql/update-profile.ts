import type { Queryable } from '#shared/database/queryable';
import type { Profile } from '../domain/profile';
import { PROFILE_COLUMNS } from './profile-columns';

/** What may be changed; undefined stays as it is, null clears. */
export interface ProfileChange {
  readonly name?: string | undefined;
  readonly avatarUrl?: string | null | undefined;
  readonly avatarFileId?: string | null | undefined;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
  readonly locale?: string | undefined;
  readonly theme?: 'system' | 'light' | 'dark' | undefined;
  readonly timezone?: string | null | undefined;
  readonly emailReceipts?: boolean | undefined;
  readonly emailSubscriptionReminders?: boolean | undefined;
  readonly emailProductNews?: boolean | undefined;
}

// What may be cleared has a flag beside its value: null alone could mean either.
const TEXT = `
  with p as (
    update public.user_profiles set
      name = coalesce($2, name),
      avatar_url = case when $3 then $4 else avatar_url end,
      metadata = coalesce($5::jsonb, metadata),
      avatar_file_id = case when $13 then $14 else avatar_file_id end
    where id = $1 returning *
  ), q as (
    update public.user_preferences set
      locale = coalesce($6, locale),
      theme = coalesce($7, theme),
      timezone = case when $8 then $9 else timezone end,
      email_receipts = coalesce($10, email_receipts),
      email_subscription_reminders = coalesce($11, email_subscription_reminders),
      email_product_news = coalesce($12, email_product_news)
    where user_id = $1 returning *
  )
  select ${PROFILE_COLUMNS} from p join q on q.user_id = p.id`;

/** Changes a profile and its preferences in one statement and answers them as they are now; null where there is none. */
export const updateProfile = async (
  database: Queryable,
  userId: string,
  change: ProfileChange,
): Promise<Profile | null> => {
  const { rows } = await database.query<Profile>(TEXT, [
    userId,
    change.name ?? null,
    change.avatarUrl !== undefined,
    change.avatarUrl ?? null,
    change.metadata === undefined ? null : JSON.stringify(change.metadata),
    change.locale ?? null,
    change.theme ?? null,
    change.timezone !== undefined,
    change.timezone ?? null,
    change.emailReceipts ?? null,
    change.emailSubscriptionReminders ?? null,
    change.emailProductNews ?? null,
    change.avatarFileId !== undefined,
    change.avatarFileId ?? null,
  ]);
  return rows[0] ?? null;
};
