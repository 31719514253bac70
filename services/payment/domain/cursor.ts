import { cursorInvalid } from '#shared/errors/cursor-invalid';
import { isUuid } from '#shared/kernel/ids';

/** Where a page ended: the creation time with microseconds, and the id that breaks ties. */
export interface Cursor {
  /** ISO 8601 in UTC. */
  readonly createdAt: string;
  readonly id: string;
}

/** Opaque to clients: they hand back what they were given. Letters, digits, `-` and `_` only. */
export const encodeCursor = ({ createdAt, id }: Cursor): string =>
  `${createdAt.replace(/[-:]/g, '').replace('.', '_')}-${id}`;

const CURSOR = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})_(\d{6})Z-(.{36})$/;

/** Throws `request_invalid` for anything we did not make. */
export const decodeCursor = (text: string): Cursor => {
  const match = CURSOR.exec(text);
  const [, year, month, day, hour, minute, second, micros, id = ''] = match ?? [];
  const createdAt = `${year}-${month}-${day}T${hour}:${minute}:${second}.${micros}Z`;
  if (match === null || !isUuid(id) || Number.isNaN(Date.parse(createdAt))) {
    throw cursorInvalid();
  }
  return { createdAt, id };
};
