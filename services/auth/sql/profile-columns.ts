/** The columns of a Profile, of a profile `p` and preferences `q`. */
export const PROFILE_COLUMNS = `
  p.id, p.email, p.name, p.avatar_url as "avatarUrl", p.avatar_file_id as "avatarFileId", p.metadata,
  p.created_at as "createdAt",
  greatest(p.updated_at, q.updated_at) as "updatedAt", q.locale, q.theme, q.timezone,
  q.email_receipts as "emailReceipts", q.email_subscription_reminders as "emailSubscriptionReminders",
  q.email_product_news as "emailProductNews"`;
