import type { Log } from '#shared/observability/logger';

/**
 * Logs why a function did not start, and throws it on. What fails at init is configuration, whose errors name variables
 * and secrets but never their values; so here, and only here, an error's message is logged.
 */
export const logFailedInit =
  (log: Pick<Log, 'error'>) =>
  (error: unknown): never => {
    log.error('init failed', { reason: error instanceof Error ? error.message : typeof error });
    throw error;
  };
