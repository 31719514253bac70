import { AppError } from '#shared/errors/app-error';
import type { ErrorCode } from '#shared/errors/error-codes';
import { readRetryAfter } from '#shared/kernel/retry-after';

/**
 * What a provider's error says about the call that met it:
 * - an ErrorCode: refused for good, this call had no effect and never will;
 * - `look`: it says that the thing was done before, perhaps by an earlier try of ours: look, and take what is found as the answer;
 * - `spent`: the key answers for ever with an error that does not say what happened: only looking can tell;
 * - `open`: not known; the same key may be used again and will tell.
 */
export type ErrorVerdict = ErrorCode | 'look' | 'spent' | 'open';

/** Whether an error was judged `look`. */
export class DoneBeforeError extends Error {
  override readonly name = 'DoneBeforeError';
}

/**
 * The verdict as an error of ours. `retryAfter` is the provider's header as received, handed on to the client and to the
 * sweep, which then leaves the provider alone.
 */
export const errorOfVerdict = (
  verdict: ErrorVerdict,
  { cause, retryAfter }: { readonly cause: unknown; readonly retryAfter: unknown },
): AppError | DoneBeforeError => {
  if (verdict === 'look') return new DoneBeforeError('the provider says it was done before', { cause });
  if (verdict !== 'open' && verdict !== 'spent') return new AppError(verdict, { cause });
  const seconds = readRetryAfter(retryAfter);
  return new AppError(verdict === 'spent' ? 'provider_outcome_unknown' : 'provider_unavailable', {
    cause,
    ...(seconds === null ? {} : { headers: { 'retry-after': String(seconds) } }),
  });
};
