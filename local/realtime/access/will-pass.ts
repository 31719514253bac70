/**
 * Whether an error is the database's being away, being started or being full (SQLSTATE classes 08, 53, 57), which passes by
 * itself, and not its answer.
 */
export function willPass(error: unknown): boolean {
  const code = String((error as { code?: unknown } | null)?.code ?? '');
  const isAnswer = /^[0-9A-Z]{5}$/.test(code);
  return !isAnswer || /^(08|53|57)/.test(code);
}
