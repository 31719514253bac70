import type { MailData } from './mail-data';

/** One mail in words: a subject without anybody's own text, and paragraphs. */
export interface MailWords {
  readonly subject: string;
  readonly paragraphs: readonly string[];
}

/** Everything that is said in one language; plain text, which whoever renders it escapes. */
export interface MailTexts {
  readonly language: string;
  readonly greeting: string;
  /** What the link to the product is called. */
  readonly openLabel: string;
  /** Why this mail came, before the link to the choices. */
  readonly footer: string;
  readonly choicesLabel: string;
  readonly words: { readonly [Kind in keyof MailData]: (data: MailData[Kind]) => MailWords };
}
