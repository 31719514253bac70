interface NotificationKind {
  /** Shown in the product unless its user says otherwise. */
  readonly inApp: boolean;
  /** Whether there is a mail for it at all. */
  readonly canMail: boolean;
  /** Mailed unless its user says otherwise. */
  readonly email: boolean;
  /** The choice in user_preferences that takes the place of `email`; null: none does. */
  readonly follows: 'email_receipts' | 'email_subscription_reminders' | null;
  /** What its data has at least. */
  readonly fields: readonly string[];
}

const payment = { inApp: true, canMail: true, email: true, follows: null };
const money = ['payment_id', 'amount_minor', 'currency'];

/**
 * What users are told of, with the choices that hold by default. The same as public.notification_kinds, by which the database
 * acts; test/database/notifications.test.ts compares the two.
 */
export const notificationKinds = {
  payment_succeeded: { ...payment, follows: 'email_receipts', fields: money },
  payment_failed: { ...payment, fields: money },
  payment_refunded: { ...payment, follows: 'email_receipts', fields: money },
  payment_disputed: { ...payment, fields: ['payment_id', 'status'] },
  dispute_closed: { ...payment, fields: ['payment_id', 'status'] },
  subscription_changed: {
    inApp: true,
    canMail: true,
    email: true,
    follows: 'email_subscription_reminders',
    fields: ['plan', 'status'],
  },
  file_accepted: { inApp: true, canMail: false, email: false, follows: null, fields: ['file_id', 'name'] },
  file_refused: {
    inApp: true,
    canMail: true,
    email: false,
    follows: null,
    fields: ['file_id', 'name', 'reason'],
  },
  message_received: {
    inApp: true,
    canMail: false,
    email: false,
    follows: null,
    fields: ['conversation_id', 'message_id'],
  },
  quota_reached: { inApp: true, canMail: true, email: true, follows: null, fields: ['meter', 'quota'] },
} as const satisfies Record<string, NotificationKind>;
