import type { ResponseOf } from '#shared/http/request';
import type { authContract } from '../contract';
import type { Profile } from '../domain/profile';

/** A profile in the words of the contract. */
export const answerProfile = (row: Profile): ResponseOf<typeof authContract.getProfile> => ({
  body: {
    success: true,
    profile: {
      id: row.id,
      email: row.email,
      name: row.name,
      avatar_url: row.avatarUrl,
      avatar_file_id: row.avatarFileId,
      metadata: row.metadata,
      preferences: {
        locale: row.locale,
        theme: row.theme,
        timezone: row.timezone,
        email_receipts: row.emailReceipts,
        email_subscription_reminders: row.emailSubscriptionReminders,
        email_product_news: row.emailProductNews,
      },
      created_at: row.createdAt.toISOString(),
      updated_at: row.updatedAt.toISOString(),
    },
  },
});
