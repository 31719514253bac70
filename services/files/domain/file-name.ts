import { AppError } from '#shared/errors/app-error';

const MAX_CHARACTERS = 200;

/** C0, DEL, C1, and what ends a line or a paragraph elsewhere. */
const CONTROL = /[\p{Cc}\u2028\u2029]/u;

/** Turn the order of what follows, so that `exe.png` is shown where `gnp.exe` stands (Unicode UAX #9). */
const DIRECTION = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

const PATH = /[/\\]/;

/**
 * The name a user gives a file. It is shown and offered for saving, and never part of a path or key. A name that would mislead
 * is refused, not mended: whoever sent it would look for another.
 *
 * @returns the name, trimmed, in Unicode NFC
 * @throws AppError `file_name_rejected`
 */
export const readFileName = (given: string): string => {
  const name = given.normalize('NFC').trim();
  const fault = faultOf(name);
  if (fault === null) return name;
  throw new AppError('file_name_rejected', { errors: [{ pointer: '/body/name', message: fault }] });
};

const faultOf = (name: string): string | null => {
  if (!name.isWellFormed()) return 'must be well-formed Unicode';
  if (CONTROL.test(name)) return 'must not have control characters';
  if (DIRECTION.test(name)) return 'must not have characters that change the direction of writing';
  if (PATH.test(name)) return 'must not have / or \\';
  if (name === '' || /^\.+$/.test(name)) return 'must be a name';
  if ([...name].length > MAX_CHARACTERS) return `must have at most ${MAX_CHARACTERS} characters`;
  return null;
};
