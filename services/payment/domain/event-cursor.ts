import { cursorInvalid } from '#shared/errors/cursor-invalid';
import type { Provider } from './provider-scale';

/** Where a page of events ended. */
export interface EventCursor {
  /** ISO 8601 in UTC with microseconds. */
  readonly receivedAt: string;
  readonly provider: Provider;
  readonly eventId: string;
}

/** Opaque to clients: letters, digits, `-` and `_` only. */
export const encodeEventCursor = ({ receivedAt, provider, eventId }: EventCursor): string =>
  Buffer.from(`${receivedAt} ${provider} ${eventId}`).toString('base64url');

const CURSOR = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z) (stripe|paypal) (\S{1,255})$/;

/** Throws `request_invalid` for anything we did not make. */
export const decodeEventCursor = (text: string, pointer = '/query/cursor'): EventCursor => {
  const [, receivedAt = '', provider, eventId = ''] =
    CURSOR.exec(Buffer.from(text, 'base64url').toString()) ?? [];
  if ((provider !== 'stripe' && provider !== 'paypal') || Number.isNaN(Date.parse(receivedAt))) {
    throw cursorInvalid(pointer);
  }
  return { receivedAt, provider, eventId };
};
