import type { Queryable } from '#shared/database/queryable';
import { AppError } from '#shared/errors/app-error';
import type { ErrorCode } from '#shared/errors/error-codes';
import type { SettledCall } from '../sql/apply-reports';
import { recordFailedCall } from '../sql/record-call';

/** Refusals that stay refusals when the same call is made again. */
const REFUSALS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'provider_rejected',
  'provider_not_configured',
  'currency_not_supported',
  'payment_declined',
  'payment_not_approved',
  'payment_not_refundable',
  'payment_not_cancelable',
]);

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
    const state = error instanceof AppError && REFUSALS.has(error.code) ? 'failed' : 'unknown';
    await recordFailedCall(database, { key, state, errorCode }).catch(() => undefined);
    throw error;
  }
};
