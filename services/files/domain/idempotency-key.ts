import { AppError } from '#shared/errors/app-error';

/** The key in a header: bare, or quoted as in the IETF draft. Null when the header is absent. */
export const readIdempotencyKey = (header: string | undefined): string | null => {
  if (header === undefined) return null;
  const key = /^"(.*)"$/.exec(header)?.[1] ?? header;
  if (!/^[\x21-\x7e]{1,255}$/.test(key)) throw new AppError('idempotency_key_invalid');
  return key;
};
