import { cursorInvalid } from '#shared/errors/cursor-invalid';

/** The last row that an export has given. */
export interface ExportCursor {
  /** The list that goes on. */
  readonly list: string;
  /** When its last row was, ISO 8601 with microseconds; `infinity` where it has not begun. */
  readonly at: string;
  /** What tells the row from others of that moment; empty where the list has not begun. */
  readonly id: string;
}

/** Opaque to clients: letters, digits, `-` and `_` only. */
export const encodeExportCursor = ({ list, at, id }: ExportCursor): string =>
  Buffer.from(`${list} ${at} ${id}`).toString('base64url');

const CURSOR =
  /^([a-z_]{1,63}) (infinity|\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?[+-]\d{2}:\d{2}) ([!-~]{0,100})$/;

/** Throws `request_invalid` for anything we did not make. */
export const decodeExportCursor = (text: string): ExportCursor => {
  const [, list, at = '', id = ''] = CURSOR.exec(Buffer.from(text, 'base64url').toString()) ?? [];
  if (list === undefined || (at !== 'infinity' && Number.isNaN(Date.parse(at)))) {
    throw cursorInvalid();
  }
  return { list, at, id };
};
