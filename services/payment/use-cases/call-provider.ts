import type { Queryable } from '#shared/database/queryable';
import { AppError, isAppError } from '#shared/errors/app-error';
import type { SettledCall } from '../sql/apply-reports';
import { recordFailedCall } from '../sql/record-call';

/**
 * Makes a provider call that was written down before. A result carries the call along, so that reconcile notes it as done
 * together with the facts it brought: a process that dies in between leaves a call that the sweep repeats. Of failures only
 * a clear refusal is `failed`; whatever leaves the outcome open is `unknown`.
 */
export const callProvider = async <Result>(
  database: Queryable,
  key: string,
  call: () => Promise<Result>,
  refOf: (result: Result) => string | null,
): Promise<Result & { readonly call: SettledCall }> => {
  try {
    const result = await call();
    return { ...result, call: { key, resultRef: refOf(result) } };
  } catch (error) {
    const errorCode = error instanceof AppError ? error.code : 'internal';
    const state = isRefusal(error) ? 'failed' : 'unknown';
    await recordFailedCall(database, { key, state, errorCode }).catch(() => undefined);
    throw error;
  }
};

/** Refusals that stay refusals when the same call is made again. */
const isRefusal = (error: unknown): boolean =>
  isAppError(error, 'provider_rejected') ||
  isAppError(error, 'payment_declined') ||
  isAppError(error, 'payment_not_refundable');
