import { formatMoney } from './format-money';
import type { PaymentNews } from './mail-data';
import type { MailTexts } from './mail-texts';

const amount = (news: PaymentNews): string => formatMoney(news, 'de');

const about = ({ description }: PaymentNews): string[] => (description === '' ? [] : [`Für: ${description}`]);

const reasons: Readonly<Record<string, string>> = {
  warning_closed: 'Die Rückfrage zu Ihrer Zahlung ist abgeschlossen. Für Sie ändert sich nichts.',
  prevented: 'Der Einspruch gegen Ihre Zahlung wurde beigelegt, bevor er begann.',
  won: 'Der Einspruch gegen Ihre Zahlung ist abgeschlossen, und die Zahlung bleibt bestehen.',
  lost: 'Über den Einspruch gegen Ihre Zahlung wurde zu Ihren Gunsten entschieden.',
};

export const germanMailTexts: MailTexts = {
  language: 'de',
  greeting: 'Guten Tag,',
  openLabel: 'Tandem öffnen',
  footer: 'Sie erhalten diese Mail, weil es in Ihrem Konto etwas Neues gibt.',
  choicesLabel: 'Wählen, welche Mails Sie erhalten',
  words: {
    payment_succeeded: (news) => ({
      subject: `Zahlung erhalten: ${amount(news)}`,
      paragraphs: [`Wir haben Ihre Zahlung über ${amount(news)} erhalten. Vielen Dank.`, ...about(news)],
    }),
    payment_failed: (news) => ({
      subject: `Zahlung fehlgeschlagen: ${amount(news)}`,
      paragraphs: [
        `Ihre Zahlung über ${amount(news)} kam nicht zustande; es wurde nichts abgebucht.`,
        ...about(news),
        'Sie können es noch einmal versuchen, auch auf einem anderen Zahlungsweg.',
      ],
    }),
    payment_refunded: (news) => ({
      subject: `Erstattung: ${amount(news)}`,
      paragraphs: [
        `Wir haben Ihnen ${amount(news)} erstattet.`,
        ...about(news),
        'Bis Ihre Bank es zeigt, können zehn Tage vergehen.',
      ],
    }),
    payment_disputed: () => ({
      subject: 'Gegen eine Ihrer Zahlungen gibt es Einspruch',
      paragraphs: [
        'Die Bank oder der Zahlungsanbieter meldet uns einen Einspruch gegen eine Ihrer Zahlungen.',
        'Wenn er nicht von Ihnen kommt, melden Sie sich bitte bei uns.',
      ],
    }),
    dispute_closed: ({ status }) => ({
      subject: 'Der Einspruch gegen Ihre Zahlung ist abgeschlossen',
      paragraphs: [reasons[status] ?? 'Der Einspruch gegen Ihre Zahlung ist abgeschlossen.'],
    }),
    subscription_changed: ({ plan, status }) => ({
      subject: 'Ihr Abonnement hat sich geändert',
      paragraphs: [`Ihr Tarif ist jetzt: ${plan} (${status}).`],
    }),
    file_refused: ({ name, reason }) => ({
      subject: 'Eine Datei wurde nicht angenommen',
      paragraphs: [`Ihre Datei „${name}“ wurde nicht angenommen: ${reason}.`],
    }),
    quota_reached: ({ meter, quota }) => ({
      subject: 'Eine Grenze Ihres Tarifs ist erreicht',
      paragraphs: [`Sie haben aufgebraucht, was Ihr Tarif von „${meter}“ enthält: ${quota}.`],
    }),
  },
};
