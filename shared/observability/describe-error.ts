/** An error's name or code as programs write them; a provider's answer may have put anything there. */
const IDENTIFIER = /^[\w.:-]{1,64}$/;

/** A line of V8's stack trace: `at` and a place in a file. */
const FRAME = /^\s+at .{1,300}:\d+:\d+\)?$/;

/**
 * What may be logged of an error: names, codes and stacks of it and its causes. Never a message that a driver or a provider
 * wrote, since those quote values; their code says enough.
 */
export const describeError = (error: unknown, depth = 0): Record<string, unknown> => {
  if (!(error instanceof Error)) return { name: typeof error };
  const code = 'code' in error ? identifier(error.code) : undefined;
  return {
    name: identifier(error.name) ?? 'Error',
    ...(code === undefined ? {} : { code }),
    at: framesOf(error),
    ...(error.cause === undefined || depth >= 3 ? {} : { cause: describeError(error.cause, depth + 1) }),
  };
};

const identifier = (value: unknown): string | undefined =>
  typeof value === 'string' && IDENTIFIER.test(value) ? value : undefined;

/** The message stands before the frames, and may have lines that look like some. */
const framesOf = ({ message, stack }: Error): string[] => {
  const text = typeof stack === 'string' ? stack : '';
  const at = message === '' ? 0 : text.indexOf(message);
  return (at < 0 ? '' : text.slice(at + message.length))
    .split('\n')
    .filter((line) => FRAME.test(line))
    .slice(0, 6)
    .map((line) => line.trim());
};
