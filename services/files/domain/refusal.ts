/** Why a file was refused, for people. The codes are public contract, as the codes of errors are. */
export const refusalReasons = {
  missing: 'Nothing was uploaded',
  empty: 'The file is empty',
  too_large: 'The file is larger than it was said to be, or than its purpose allows',
  type_mismatch: 'The content is of another type than was declared',
  not_allowed: 'Files of this type are not accepted',
  svg: 'SVG images can carry scripts and are not accepted',
  html: 'The content is HTML',
  bad_text: 'The text is not plain UTF-8',
  polyglot: 'The file is of several types at once, or has data behind its end',
  image_broken: 'The image is damaged',
  image_too_large: 'The image has too many pixels',
  pdf_active_content: 'The document holds scripts, actions or embedded files',
  pdf_unreadable: 'The document is damaged or encrypted, or cannot be looked into',
  zip_bomb: 'The archive unpacks to more than is reasonable, or lies about what it holds',
  zip_unsafe: 'The archive holds links, encrypted entries or paths that lead out of it',
  zip_broken: 'The archive is damaged',
  not_inspected: 'The file could not be looked at; upload it again',
} as const;

export type RefusalReason = keyof typeof refusalReasons;

/** Thrown where an inspection finds a reason; `inspectFile` turns it into a verdict. */
export class Refusal extends Error {
  constructor(readonly reason: RefusalReason) {
    super(reason);
    this.name = 'Refusal';
  }
}

export const refuse = (reason: RefusalReason): never => {
  throw new Refusal(reason);
};
