/** An error for people: its message, and of what was behind it the system's own words where the message lacks them. */
export function explainError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause, message } = error;
  const behind = cause instanceof AggregateError ? cause.errors[0] : cause;
  const isSystem = behind instanceof Error && /^E[A-Z]+$/.test(String(Object(behind).code));
  return isSystem && !message.includes(behind.message) ? `${message}: ${behind.message}` : message;
}
