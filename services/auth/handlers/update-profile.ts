import type { HandlerOf } from '#shared/http/request';
import type { authContract } from '../contract';
import { updateProfile } from '../use-cases/update-profile';
import { answerProfile } from './answer-profile';

export const handleUpdateProfile =
  (deps: Parameters<typeof updateProfile>[0]): HandlerOf<typeof authContract.updateProfile> =>
  async ({ identity, body }) => {
    const { preferences = {} } = body;
    const profile = await updateProfile(deps, identity.userId, {
      name: body.name,
      avatarUrl: body.avatar_url,
      avatarFileId: body.avatar_file_id,
      metadata: body.metadata,
      locale: preferences.locale,
      theme: preferences.theme,
      timezone: preferences.timezone,
      emailReceipts: preferences.email_receipts,
      emailSubscriptionReminders: preferences.email_subscription_reminders,
      emailProductNews: preferences.email_product_news,
    });
    return answerProfile(profile);
  };
