import { cursorInvalid } from '#shared/errors/cursor-invalid';
import { isUuid } from '#shared/kernel/ids';

/** Where a page of accounts ended. */
export interface AccountCursor {
  /** ISO 8601 in UTC with microseconds. */
  readonly createdAt: string;
  readonly id: string;
}

/** Opaque to clients: letters, digits, `-` and `_` only. */
export const encodeAccountCursor = ({ createdAt, id }: AccountCursor): string =>
  Buffer.from(`${createdAt} ${id}`).toString('base64url');

const CURSOR = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z) (.{36})$/;

/** Throws `request_invalid` for anything we did not make. */
export const decodeAccountCursor = (text: string): AccountCursor => {
  const [, createdAt = '', id = ''] = CURSOR.exec(Buffer.from(text, 'base64url').toString()) ?? [];
  if (!isUuid(id) || Number.isNaN(Date.parse(createdAt))) {
    throw cursorInvalid();
  }
  return { createdAt, id };
};
