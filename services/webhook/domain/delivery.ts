import { AppError } from '#shared/errors/app-error';

/** One webhook as it reached us, nothing parsed yet. */
export interface Delivery {
  /** The body's exact bytes: both providers sign bytes, not text. */
  readonly body: Uint8Array;
  /** All values of each header, by lower-case name. */
  readonly headers: Readonly<Record<string, readonly string[] | undefined>>;
  /** When it was received, milliseconds since 1970. */
  readonly receivedAt: number;
}

/**
 * The value of a header that must come exactly once. Two values would leave it to chance which of them was verified.
 *
 * @throws AppError `webhook_signature_invalid` when it is missing, repeated or empty.
 */
export const readSingleHeader = (headers: Delivery['headers'], name: string): string => {
  const values = headers[name] ?? [];
  const [value] = values;
  if (value === undefined || value === '' || values.length !== 1) {
    throw new AppError('webhook_signature_invalid', { detail: `The request needs one ${name} header` });
  }
  return value;
};
