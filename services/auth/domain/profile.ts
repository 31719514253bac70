/** A user's profile with its preferences. */
export interface Profile {
  readonly id: string;
  readonly email: string | null;
  readonly name: string;
  readonly avatarUrl: string | null;
  readonly avatarFileId: string | null;
  readonly metadata: Record<string, unknown>;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly locale: string;
  readonly theme: 'system' | 'light' | 'dark';
  readonly timezone: string | null;
  readonly emailReceipts: boolean;
  readonly emailSubscriptionReminders: boolean;
  readonly emailProductNews: boolean;
}
