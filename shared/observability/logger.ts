import { Logger } from '@aws-lambda-powertools/logger';
import { legibleValue } from '#shared/observability/legible';

/** The part of the Powertools logger our code uses; tests pass their own. */
export type Log = Pick<Logger, 'info' | 'warn' | 'error' | 'debug' | 'appendKeys' | 'resetKeys'>;

/** A structured logger: one JSON object a line, with the keys AWS Powertools documents. */
export const makeLogger = (service: string, level: 'DEBUG' | 'INFO' | 'WARN' | 'ERROR' = 'INFO'): Logger =>
  new Logger({ serviceName: service, logLevel: level, jsonReplacerFn: legibleValue });
