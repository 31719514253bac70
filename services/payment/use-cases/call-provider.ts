import type { Queryable } from '#shared/database/queryable';
import { AppError, isAppError } from '#shared/errors/app-error';
import { recordCall } from '../sql/record-call';

/**
 * Makes a provider call that was written down before, and notes what became of it. Only a clear refusal is `failed`; whatever
 * leaves the outcome open is `unknown`, and the sweep will find out.
 */
export const callProvider = async <Result>(
  database: Queryable,
  key: string,
  call: () => Promise<Result>,
  refOf: (result: Result) => string | null,
): Promise<Result> => {
  try {
    const result = await call();
    await recordCall(database, { key, state: 'succeeded', resultRef: refOf(result), errorCode: null });
    return result;
  } catch (error) {
    const code = error instanceof AppError ? error.code : 'internal';
    const state = isRefusal(error) ? 'failed' : 'unknown';
    await recordCall(database, { key, state, resultRef: null, errorCode: code }).catch(() => undefined);
    throw error;
  }
};

/** Refusals that stay refusals when the same call is made again. */
const isRefusal = (error: unknown): boolean =>
  isAppError(error, 'provider_rejected') ||
  isAppError(error, 'payment_declined') ||
  isAppError(error, 'payment_not_refundable');
