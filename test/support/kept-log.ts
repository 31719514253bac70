import type { Log } from '#shared/observability/logger';

export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: Record<string, unknown>;
}

/** A log that keeps its lines for the test to read. */
export const makeKeptLog = (): { readonly log: Log; readonly lines: LogLine[] } => {
  const lines: LogLine[] = [];
  const at =
    (level: LogLine['level']): Log['info'] =>
    (input, ...extra) => {
      lines.push({ level, message: String(input), fields: Object.assign({}, ...extra) });
    };
  const log = {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    appendKeys: () => undefined,
    resetKeys: () => undefined,
  };
  return { log: log as unknown as Log, lines };
};
