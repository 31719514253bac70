import type { Money } from '#shared/kernel/money';

/** Money of a payment, and what it is for in the words of the catalogue; empty where that is not known. */
export interface PaymentNews extends Money {
  readonly description: string;
}

/** What a mail of each kind tells. Names and reasons are other people's text: only ever shown escaped. */
export interface MailData {
  readonly payment_succeeded: PaymentNews;
  readonly payment_failed: PaymentNews;
  readonly payment_refunded: PaymentNews;
  /** Statuses as in the payment service: `won` and `lost` from the seller's side. */
  readonly payment_disputed: { readonly status: string };
  readonly dispute_closed: { readonly status: string };
  readonly subscription_changed: { readonly plan: string; readonly status: string };
  readonly file_refused: { readonly name: string; readonly reason: string };
  readonly quota_reached: { readonly meter: string; readonly quota: string };
}

/** The content of one mail: a kind with its data. */
export type MailNews = {
  [Kind in keyof MailData]: { readonly kind: Kind; readonly data: MailData[Kind] };
}[keyof MailData];
