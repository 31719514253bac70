/** Whether a line that a function wrote should be seen at once: an ERROR or CRITICAL log line, or a bare error. */
export function isErrorLine(line: string): boolean {
  if (line.startsWith('{')) return /"level":\s*"(error|critical|fatal)"/i.test(line);
  return /^(\w*Error\b|.*Task timed out after )/.test(line);
}
