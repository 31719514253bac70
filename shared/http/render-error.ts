import { AppError } from '#shared/errors/app-error';
import { errorCodes } from '#shared/errors/error-codes';

/** An RFC 9457 problem as we send it. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  readonly instance: string;
  readonly code: string;
  readonly requestId: string;
  readonly errors?: readonly { readonly pointer: string; readonly message: string }[];
}

/** What anything thrown becomes: AppErrors as they are, the rest as `internal` with the original as its cause. */
export const toAppError = (error: unknown): AppError =>
  error instanceof AppError ? error : new AppError('internal', { cause: error });

/** The only place where an error becomes an answer. Never shows a cause. */
export const renderError = (
  error: AppError,
  at: { readonly path: string; readonly requestId: string },
): { status: number; headers: Record<string, string>; problem: Problem } => {
  const { status, title } = errorCodes[error.code];
  const problem: Problem = {
    type: `urn:tandem:error:${error.code}`,
    title,
    status,
    ...(error.detail === undefined ? {} : { detail: error.detail }),
    instance: at.path,
    code: error.code,
    requestId: at.requestId,
    ...(error.errors.length === 0 ? {} : { errors: error.errors }),
  };
  return {
    status,
    headers: {
      'content-type': 'application/problem+json',
      ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
      ...(status === 503 ? { 'retry-after': '5' } : {}),
      ...error.headers,
    },
    problem,
  };
};
