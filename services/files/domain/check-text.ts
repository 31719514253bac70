import { refuse } from './refusal';

/** What does not belong into a text: everything below a space but tab, line feed, form feed and carriage return; and DEL. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\x00-\x08\x0b\x0e-\x1f\x7f]/;

/** Whether these are UTF-8 without control characters. */
export const isPlainText = (bytes: Buffer): boolean => {
  try {
    return !CONTROL.test(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return false;
  }
};

/** What starts like markup has been refused before, as what it is. */
export const checkText = (bytes: Buffer): void => {
  if (!isPlainText(bytes)) refuse('bad_text');
};
