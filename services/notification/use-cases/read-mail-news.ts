import * as z from 'zod/mini';
import type { MailNews } from '../domain/mail-data';

const words = z.string().check(z.maxLength(1_000));

const payment = z.pipe(
  z.object({
    amount_minor: z.string().check(z.regex(/^\d{1,19}$/)),
    currency: z.string().check(z.regex(/^[A-Z]{3}$/)),
    description: z._default(words, ''),
  }),
  z.transform(({ amount_minor, currency, description }) => ({
    amountMinor: BigInt(amount_minor),
    currency,
    description,
  })),
);

const dispute = z.object({ status: words });

/** A number or a text, as whoever counts has it. */
const counted = z.pipe(z.union([z.number(), words]), z.transform(String));

const news = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('payment_succeeded'), data: payment }),
  z.object({ kind: z.literal('payment_failed'), data: payment }),
  z.object({ kind: z.literal('payment_refunded'), data: payment }),
  z.object({ kind: z.literal('payment_disputed'), data: dispute }),
  z.object({ kind: z.literal('dispute_closed'), data: dispute }),
  z.object({ kind: z.literal('subscription_changed'), data: z.object({ plan: words, status: words }) }),
  z.object({ kind: z.literal('file_refused'), data: z.object({ name: words, reason: words }) }),
  z.object({ kind: z.literal('quota_reached'), data: z.object({ meter: words, quota: counted }) }),
]);

/** Reads what a mail is to tell from its row; null where there are no words for it. */
export const readMailNews = (kind: string, data: unknown): MailNews | null => {
  const { success, data: read } = news.safeParse({ kind, data });
  return success ? read : null;
};
