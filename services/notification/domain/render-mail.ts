import { escapeHtml } from '#shared/kernel/escape-html';
import type { MailNews } from './mail-data';
import type { MailTexts, MailWords } from './mail-texts';
import { germanMailTexts } from './mail-texts-de';
import { englishMailTexts } from './mail-texts-en';

/** A mail, but for whom it goes to. */
export interface RenderedMail {
  /** One line. */
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** Where its reader chooses which mails to get. */
  readonly choicesUrl: string;
}

const languages: Readonly<Record<string, MailTexts>> = { de: germanMailTexts, en: englishMailTexts };

/** Cut there: a name that somebody gave a file must not make a mail of its own. */
const MAX_PARAGRAPH = 500;

/**
 * Writes a mail in the language of a locale (`de-AT` reads German; without texts of ours: English), as text and as HTML that
 * say the same. No picture and no counted link: nobody learns that it was read.
 *
 * @param locale BCP 47
 * @param siteUrl where people use the product, without a slash at the end
 */
export const renderMail = (news: MailNews, locale: string, siteUrl: string): RenderedMail => {
  const texts = languages[locale.split('-', 1)[0] ?? ''] ?? englishMailTexts;
  const { subject, paragraphs } = wordsOf(texts, news);
  const lines = paragraphs.map(oneLine);
  const choicesUrl = `${siteUrl}/settings/notifications`;
  return {
    subject: oneLine(subject),
    text: [
      texts.greeting,
      ...lines,
      `${texts.openLabel}: ${siteUrl}`,
      `--\n${texts.footer}\n${texts.choicesLabel}: ${choicesUrl}`,
    ]
      .join('\n\n')
      .concat('\n'),
    html: htmlOf(texts, lines, siteUrl, choicesUrl),
    choicesUrl,
  };
};

const wordsOf = ({ words }: MailTexts, { kind, data }: MailNews): MailWords =>
  // Kind and data belong together, which TypeScript cannot follow through the index.
  (words[kind] as (of: typeof data) => MailWords)(data);

const htmlOf = (texts: MailTexts, lines: readonly string[], siteUrl: string, choicesUrl: string): string => {
  const link = (url: string, label: string): string =>
    `<a href="${escapeHtml(url)}">${escapeHtml(label)}</a>`;
  const body = [texts.greeting, ...lines].map((line) => `<p>${escapeHtml(line)}</p>`);
  return [
    `<!doctype html><html lang="${texts.language}"><head><meta charset="utf-8"></head><body>`,
    ...body,
    `<p>${link(siteUrl, texts.openLabel)}</p>`,
    `<hr><p><small>${escapeHtml(texts.footer)} ${link(choicesUrl, texts.choicesLabel)}</small></p>`,
    '</body></html>\n',
  ].join('\n');
};

/** Without line breaks and other control characters, and without those that turn the direction of what follows. */
const oneLine = (text: string): string =>
  text.replace(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+/gu, ' ').slice(0, MAX_PARAGRAPH);
