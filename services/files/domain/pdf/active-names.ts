/**
 * Names that make a document do something, or carry other files (ISO 32000-2: 7.11.4, 12.6.4, 12.7.6, 13). Scripts need
 * `/S /JavaScript` wherever they hang, so `/JS`, three bytes that compressed data has by chance, need not be looked for.
 */
const ACTIVE = [
  ...[
    'JavaScript',
    'Launch',
    'SubmitForm',
    'ImportData',
    'GoToE',
    'Rendition',
    'RichMedia',
    'RichMediaExecute',
  ],
  ...['EmbeddedFile', 'EmbeddedFiles', 'XFA'],
];

const AFTER_NAME = '(?=[\\0\\t\\n\\f\\r ()<>[\\]{}/%]|$)';

const PLAIN = new RegExp(`/(?:${ACTIVE.join('|')})${AFTER_NAME}`);

/** A name of which characters are written as `#` and two hexadecimal digits, which readers take for the character. */
const ESCAPED = /\/[^\0\t\n\f\r ()<>[\]{}/%]*#[0-9a-f]{2}[^\0\t\n\f\r ()<>[\]{}/%]*/gi;

/** The text with every escaped name written plainly. */
export const unescapeNames = (text: string): string =>
  text.replace(ESCAPED, (name) =>
    name.replace(/#([0-9a-f]{2})/gi, (_all, code: string) => String.fromCharCode(Number.parseInt(code, 16))),
  );

/** Whether a text of PDF syntax, with plain names, has one of those or opens with an action. */
export const isActive = (text: string): boolean => PLAIN.test(text) || opensActively(text);

/** A document has one; each is looked up in all of the text. */
const MAX_OPEN_ACTIONS = 10;
const MAX_DEFINITIONS = 100;

const OPEN_ACTION = new RegExp(`/OpenAction${AFTER_NAME}\\s*`, 'g');

/**
 * What opens with a document is either a place in it (an array, or a GoTo action), as LaTeX and office programs write it, or
 * refused.
 */
const opensActively = (text: string): boolean => {
  let looked = 0;
  for (const match of text.matchAll(OPEN_ACTION)) {
    looked += 1;
    if (looked > MAX_OPEN_ACTIONS) return true;
    const target = text.slice(match.index + match[0].length, match.index + match[0].length + 300);
    const reference = /^(\d+)\s+(\d+)\s+R/.exec(target);
    const definitions =
      reference === null ? [target] : definitionsOf(text, `${reference[1]} ${reference[2]} obj`);
    const isCounted = definitions.length > 0 && definitions.length < MAX_DEFINITIONS;
    if (!isCounted || !definitions.every(isPlace)) return true;
  }
  return false;
};

/** Every definition of an object: a document that was changed has several, and the last one counts. */
const definitionsOf = (text: string, head: string): readonly string[] => {
  const found: string[] = [];
  for (
    let at = text.indexOf(head);
    at >= 0 && found.length < MAX_DEFINITIONS;
    at = text.indexOf(head, at + 1)
  ) {
    if (!/\d/.test(text.charAt(at - 1)))
      found.push(text.slice(at + head.length, at + head.length + 300).trimStart());
  }
  return found;
};

const isPlace = (target: string): boolean => {
  if (target.startsWith('[')) return true;
  const dictionary = /^<<([^<>]*)>>/.exec(target)?.[1];
  return (
    dictionary !== undefined && /\/S\s*\/GoTo(?![A-Za-z])/.test(dictionary) && !/\/Next/.test(dictionary)
  );
};
