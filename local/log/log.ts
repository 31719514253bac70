import { styleText } from 'node:util';
import { legible } from '#shared/observability/legible';

/** Kinds of lines; each has a label and a colour. */
export type LogKind =
  | 'request'
  | 'call'
  | 'queue'
  | 'webhook'
  | 'provider'
  | 'schedule'
  | 'mail'
  | 'reload'
  | 'step'
  | 'output'
  | 'error';

/** Values of a line; in text form they follow the message. */
export type LogFields = Record<string, string | number | boolean | undefined>;

/** One line for each thing that happened. */
export type Log = (kind: LogKind, message: string, fields?: LogFields) => void;

export type LogOptions = {
  /** `text` for people, `json` for programs, `none` for tests. */
  format: 'text' | 'json' | 'none';
  colour: boolean;
  write: (text: string) => void;
  now?: () => Date;
};

const STYLES: Record<LogKind, [label: string, ...style: Parameters<typeof styleText>[0][]]> = {
  request: ['http', 'bold'],
  call: ['lambda', 'cyan'],
  queue: ['queue', 'magenta'],
  webhook: ['webhook', 'blue'],
  provider: ['provider', 'blue'],
  schedule: ['schedule', 'yellow'],
  mail: ['mail', 'yellow'],
  reload: ['reload', 'green'],
  step: ['start', 'green'],
  output: ['output', 'dim'],
  error: ['error', 'red'],
};

/** Makes the log of the runner. */
export function makeLog(options: LogOptions): Log {
  const now = options.now ?? (() => new Date());
  if (options.format === 'none') return () => undefined;
  if (options.format === 'json') {
    return (kind, message, fields) =>
      options.write(`${JSON.stringify({ time: now().toISOString(), kind, message, ...fields })}\n`);
  }
  const paint = (style: Parameters<typeof styleText>[0], text: string) =>
    options.colour ? styleText(style, text, { validateStream: false }) : text;
  return (kind, message, fields = {}) => {
    const [label, style = 'reset'] = STYLES[kind];
    const { status, ms, ...others } = fields;
    const parts = [
      paint('dim', now().toISOString().slice(11, 23)),
      paint(style, label.padEnd(8)),
      ...(status === undefined ? [] : [paint(statusStyle(status), String(status))]),
      fitForTerminal(kind, message),
      ...(ms === undefined ? [] : [paint('dim', `${ms} ms`)]),
      ...Object.entries(others)
        .filter(([, value]) => value !== undefined)
        .map(([key, value]) => paint('dim', `${key}=${legible(String(value))}`)),
    ];
    options.write(`${parts.join(' ')}\n`);
  };
}

/** Requests say what they like, and a terminal obeys some of it; only what the runner itself says may have several lines. */
function fitForTerminal(kind: LogKind, message: string): string {
  return kind === 'error' || kind === 'step' ? message.split('\n').map(legible).join('\n') : legible(message);
}

function statusStyle(status: string | number | boolean): Parameters<typeof styleText>[0] {
  const code = Number(status);
  if (status === 'failed' || code >= 500) return 'red';
  if (code >= 400) return 'yellow';
  return 'green';
}

/** Text with colours on a terminal; plain elsewhere and with NO_COLOR; JSON when asked for. */
export function logOptionsFor(
  stream: NodeJS.WriteStream,
  env: Record<string, string | undefined>,
  json: boolean,
): LogOptions {
  const colour = stream.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb';
  return { format: json ? 'json' : 'text', colour, write: (text) => void stream.write(text) };
}
