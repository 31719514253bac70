import { formatMoney } from './format-money';
import type { PaymentNews } from './mail-data';
import type { MailTexts } from './mail-texts';

const amount = (news: PaymentNews): string => formatMoney(news, 'en');

const about = ({ description }: PaymentNews): string[] => (description === '' ? [] : [`For: ${description}`]);

const reasons: Readonly<Record<string, string>> = {
  warning_closed: 'The inquiry about your payment has been closed. Nothing changes for you.',
  prevented: 'The dispute about your payment has been settled before it began.',
  won: 'The dispute about your payment has been closed, and the payment stands.',
  lost: 'The dispute about your payment has been decided for you.',
};

export const englishMailTexts: MailTexts = {
  language: 'en',
  greeting: 'Hello,',
  openLabel: 'Open Tandem',
  footer: 'You get this mail because your account has something new.',
  choicesLabel: 'Choose which mails you get',
  words: {
    payment_succeeded: (news) => ({
      subject: `Payment received: ${amount(news)}`,
      paragraphs: [`We have received your payment of ${amount(news)}. Thank you.`, ...about(news)],
    }),
    payment_failed: (news) => ({
      subject: `Payment failed: ${amount(news)}`,
      paragraphs: [
        `Your payment of ${amount(news)} did not go through, and nothing was taken.`,
        ...about(news),
        'You can try again with the same or another way to pay.',
      ],
    }),
    payment_refunded: (news) => ({
      subject: `Refund: ${amount(news)}`,
      paragraphs: [
        `We have given ${amount(news)} back to you.`,
        ...about(news),
        'Banks take up to ten days to show it.',
      ],
    }),
    payment_disputed: () => ({
      subject: 'A payment of yours is disputed',
      paragraphs: [
        'The bank or payment provider tells us that a payment of yours is disputed.',
        'If it was not you who disputed it, please get in touch with us.',
      ],
    }),
    dispute_closed: ({ status }) => ({
      subject: 'The dispute about your payment is closed',
      paragraphs: [reasons[status] ?? 'The dispute about your payment has been closed.'],
    }),
    subscription_changed: ({ plan, status }) => ({
      subject: 'Your subscription has changed',
      paragraphs: [`Your plan is now: ${plan} (${status}).`],
    }),
    file_refused: ({ name, reason }) => ({
      subject: 'A file was not accepted',
      paragraphs: [`Your file “${name}” was not accepted: ${reason}.`],
    }),
    quota_reached: ({ meter, quota }) => ({
      subject: 'A limit of your plan is reached',
      paragraphs: [`You have used all of what your plan includes of “${meter}”: ${quota}.`],
    }),
  },
};
