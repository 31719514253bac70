import { type ErrorCode, errorCodes } from '#shared/errors/error-codes';

/** One fault in the input: a JSON Pointer to the place and a sentence for people. */
export interface FieldError {
  readonly pointer: string;
  readonly message: string;
}

export interface AppErrorOptions {
  /** A sentence a client may read: no secret, no personal data, no SQL. */
  readonly detail?: string;
  readonly errors?: readonly FieldError[];
  /** Extra response headers, such as `Retry-After` (seconds). */
  readonly headers?: Readonly<Record<string, string>>;
  /** What really happened; logged, never shown. */
  readonly cause?: unknown;
}

/** The only error our code throws on purpose. Its code decides status and title; one file renders it. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly detail: string | undefined;
  readonly errors: readonly FieldError[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: ErrorCode, options: AppErrorOptions = {}) {
    super(options.detail ?? errorCodes[code].title, { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.detail = options.detail;
    this.errors = options.errors ?? [];
    this.headers = options.headers ?? {};
  }

  get status(): number {
    return errorCodes[this.code].status;
  }
}

/** Whether an error is ours, optionally with that code. */
export const isAppError = (error: unknown, code?: ErrorCode): error is AppError =>
  error instanceof AppError && (code === undefined || error.code === code);
