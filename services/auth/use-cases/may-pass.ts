import { isAppError } from '#shared/errors/app-error';
import type { ErrorCode } from '#shared/errors/error-codes';

const PASSING: ReadonlySet<ErrorCode> = new Set([
  'identity_unavailable',
  'rate_limited',
  'database_unavailable',
  'conflict',
  'internal',
]);

/** Whether trying again later may help. Everything else is the identity provider's last word. */
export const mayPass = (error: unknown): boolean => !isAppError(error) || PASSING.has(error.code);
