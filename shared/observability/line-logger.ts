import { legibleValue } from '#shared/observability/legible';
import type { Log } from '#shared/observability/logger';

/**
 * A logger for functions whose cold start matters more than its comfort: the same lines as Powertools writes (`level`,
 * `message`, `timestamp`, `service`, then what the caller adds), without the 8 kB and 20 ms that Powertools costs.
 *
 * @param write takes one line, its newline included
 */
export const makeLineLogger = (
  service: string,
  write: (line: string) => void = (line) => process.stdout.write(line),
): Log => {
  let kept: Record<string, unknown> = {};
  const at =
    (level: string): Log['info'] =>
    (input, ...extra) => {
      const first = typeof input === 'string' ? { message: input } : input;
      const rest = extra.map((item) => (typeof item === 'object' && !(item instanceof Error) ? item : {}));
      write(
        `${JSON.stringify(Object.assign({ level, timestamp: new Date().toISOString(), service }, kept, first, ...rest), legibleValue)}\n`,
      );
    };
  return {
    debug: () => undefined,
    info: at('INFO'),
    warn: at('WARN'),
    error: at('ERROR'),
    appendKeys: (keys) => {
      kept = { ...kept, ...keys };
    },
    resetKeys: () => {
      kept = {};
    },
  };
};
