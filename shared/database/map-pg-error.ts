import { AppError } from '#shared/errors/app-error';
import type { ErrorCode } from '#shared/errors/error-codes';

/**
 * SQLSTATE → our code, the only place where one is read. Classes (two characters) stand for all their members
 * (PostgreSQL documentation, appendix A). Everything unlisted is a defect of ours: `internal`.
 */
const CODE_OF_SQLSTATE: Readonly<Record<string, ErrorCode>> = {
  '08': 'database_unavailable', // connection exception
  '28': 'database_unavailable', // our credentials refused: while a password is being changed
  '53': 'database_unavailable', // insufficient resources: too many connections, out of memory, disk full
  '57': 'database_unavailable', // operator intervention: shutdown, statement timeout
  '25P03': 'database_unavailable', // idle in transaction timeout
  '55P03': 'conflict', // lock not available
  '22': 'request_invalid', // data exception: a value that no check of ours had foreseen
  '40': 'conflict', // serialization failure, deadlock detected
};

/** Errors of the socket below the protocol, as Node names them. */
const CONNECTION_ERRORS = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOENT',
]);

/** Node's and OpenSSL's names for a server that could not prove who it is (prove-server.ts). */
const UNPROVEN = /^(?:ERR_TLS_|CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_)/;

/** By shape, not by class: an error of Node's own may come from another realm. */
const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : '';

/** Turns what pg throws into an AppError that keeps the original as its cause. AppErrors pass through. */
export const mapPgError = (error: unknown): AppError => {
  if (error instanceof AppError) return error;
  const code = codeOf(error);
  const mapped =
    CODE_OF_SQLSTATE[code] ??
    CODE_OF_SQLSTATE[code.slice(0, 2)] ??
    (CONNECTION_ERRORS.has(code) || UNPROVEN.test(code) || isLostConnection(error)
      ? 'database_unavailable'
      : 'internal');
  return new AppError(mapped, { cause: error });
};

// pg gives these no code; the texts are stable parts of its client.js and pg-pool.
const isLostConnection = (error: unknown): boolean =>
  error instanceof Error &&
  /^(Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect|Query read timeout)/.test(
    error.message,
  );

/**
 * Whether the server refused who we say we are (class 28: invalid authorization), before any statement. A pooler in front of
 * it may say so without that code; the text is Postgres's own (auth.c).
 */
export const isRefusedLogin = (error: unknown): boolean =>
  codeOf(error).startsWith('28') ||
  (error instanceof Error && /(?:password|SASL) authentication failed/.test(error.message));

/** Whether the whole transaction may simply be run again: deadlock (40P01) or serialization failure (40001). */
export const isTransientConflict = (error: unknown): boolean => {
  const source = error instanceof AppError ? error.cause : error;
  return ['40P01', '40001'].includes(codeOf(source));
};
