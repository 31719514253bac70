/**
 * What a person should see at once of a line that a function wrote: an ERROR or CRITICAL log line in
 * short, or a bare error as it is. The whole line is in the function's log file.
 *
 * @returns undefined for every other line
 */
export function summariseError(line: string): string | undefined {
  if (!line.startsWith('{')) return BARE_ERROR.test(line) ? line : undefined;
  const entry = parse(line);
  if (!entry || !SEVERE.test(String(entry.level))) return undefined;
  const error = entry.error as { name?: string; message?: string; code?: string } | undefined;
  const parts = [entry.message, entry.code ?? error?.code, entry.reason, error?.message];
  return parts.filter(Boolean).map(String).join(': ');
}

const BARE_ERROR = /^(\w*Error\b|.*Task timed out after )/;
const SEVERE = /^(error|critical|fatal)$/i;

function parse(line: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
