import { type BinaryLike, createHmac, timingSafeEqual } from 'node:crypto';
import { AppError } from '#shared/errors/app-error';

/**
 * Whether any of the candidates is the HMAC-SHA256 of the parts under any of the keys. All are compared with all, in constant
 * time: while a key is rolled the sender may sign with both and we may hold both, so neither side has to change first.
 *
 * @param candidates 32 bytes each
 * @throws AppError `webhook_signature_invalid` when none matches
 */
export const matchHmac = (
  keys: readonly BinaryLike[],
  parts: readonly BinaryLike[],
  candidates: readonly Buffer[],
): void => {
  let matched = false;
  for (const key of keys) {
    const hmac = createHmac('sha256', key);
    for (const part of parts) hmac.update(part);
    const expected = hmac.digest();
    for (const candidate of candidates) if (timingSafeEqual(expected, candidate)) matched = true;
  }
  if (!matched) throw new AppError('webhook_signature_invalid');
};
