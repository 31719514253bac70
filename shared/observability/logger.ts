import { Logger } from '@aws-lambda-powertools/logger';

/** The part of the Powertools logger our code uses; tests pass their own. */
export type Log = Pick<Logger, 'info' | 'warn' | 'error' | 'debug' | 'appendKeys' | 'resetKeys'>;

/** A structured logger: one JSON object a line, with the keys AWS Powertools documents. */
export const makeLogger = (service: string, level: 'DEBUG' | 'INFO' | 'WARN' | 'ERROR' = 'INFO'): Logger =>
  new Logger({ serviceName: service, logLevel: level });

/**
 * What may be logged of an error: names, codes and stacks of it and its causes. Never a message that a driver or a provider
 * wrote, since those quote values; their code says enough.
 */
export const describeError = (error: unknown, depth = 0): Record<string, unknown> => {
  if (!(error instanceof Error)) return { name: typeof error };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return {
    name: error.name,
    ...(code === undefined ? {} : { code }),
    at: (error.stack ?? '')
      .split('\n')
      .filter((line) => line.trimStart().startsWith('at '))
      .slice(0, 6)
      .map((line) => line.trim()),
    ...(error.cause === undefined || depth >= 3 ? {} : { cause: describeError(error.cause, depth + 1) }),
  };
};
