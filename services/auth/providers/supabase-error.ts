import { AppError } from '#shared/errors/app-error';
import type { ErrorCode } from '#shared/errors/error-codes';

/** What one operation makes of Supabase's refusals: by its code, and for all others. */
export interface Refusals {
  /** supabase.com/docs/guides/auth/debugging/error-codes */
  readonly byCode: Readonly<Record<string, ErrorCode>>;
  readonly otherwise: ErrorCode;
}

interface AuthFailure {
  /** 0 where there was no answer; null where the error is none of Supabase's. */
  readonly status: number | null;
  readonly code: string | null;
  readonly reasons: readonly string[];
}

/** Reads an error of supabase-js by its shape: importing its classes would load the package. */
export const readAuthFailure = (error: unknown): AuthFailure => {
  if (!(error instanceof Error)) return { status: null, code: null, reasons: [] };
  const status = 'status' in error && typeof error.status === 'number' ? error.status : null;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : null;
  const reasons = 'reasons' in error && Array.isArray(error.reasons) ? error.reasons.map(String) : [];
  return { status, code, reasons };
};

/** Whether the fault is between us and Supabase, not in what the user sent: no answer, 5xx, or our own key refused. */
export const isOurTrouble = ({ status, code }: AuthFailure): boolean =>
  status === null || status === 0 || status >= 500 || (status === 401 && code === null);

/** An error of supabase-js in our words; the original stays its cause and is never shown. */
export const toAppError = (error: unknown, { byCode, otherwise }: Refusals): AppError => {
  if (error instanceof AppError) return error;
  const failure = readAuthFailure(error);
  if (failure.status === null) return new AppError('internal', { cause: error });
  if (failure.status === 429) return new AppError('rate_limited', { cause: error });
  if (isOurTrouble(failure)) return new AppError('identity_unavailable', { cause: error });
  const code = own(byCode, failure.code ?? '') ?? otherwise;
  const detail = code === 'password_rejected' ? passwordAdvice(failure) : undefined;
  return new AppError(code, { cause: error, detail });
};

const ADVICE: Readonly<Record<string, string>> = {
  length: 'It is too short.',
  characters: 'It needs more kinds of characters.',
  pwned: 'It is known from leaks; choose another.',
  same_password: 'It is the same as before.',
};

const passwordAdvice = ({ code, reasons }: AuthFailure): string | undefined => {
  const advice = [...reasons, code ?? ''].flatMap((reason) => own(ADVICE, reason) ?? []);
  return advice.length === 0 ? undefined : advice.join(' ');
};

// Codes come from outside: `constructor` is not one of ours.
const own = <T>(record: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;
