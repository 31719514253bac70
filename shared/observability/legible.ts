const MAX_LENGTH = 1_024;

/** Control characters, C1 too (terminals obey some), invisible ones that reorder text, and what some readers take for a line's end. */
const ILLEGIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/**
 * A text as it may stand in a log: what does not show, or moves what does, is written out as `\u2028`, and the end of
 * long texts is left out. So no value can make a line of its own, dress up as another field, or talk to a terminal.
 */
export const legible = (text: string): string => {
  const short = text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}… ${text.length} characters` : text;
  return short.replace(ILLEGIBLE, (one) => `\\u${(one.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`);
};

/** `JSON.stringify`'s second parameter that makes all texts of a log line legible. */
export const legibleValue = (_key: string, value: unknown): unknown =>
  typeof value === 'string' ? legible(value) : value;
