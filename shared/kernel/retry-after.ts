/** Longest a provider may hold us back by one answer, in seconds: a wrong header must not silence it for a day. */
const MOST_SECONDS = 3_600;

/**
 * What `Retry-After` asks for, in whole seconds, at least one; null where there is none or it makes no sense. Dates, which
 * RFC 9110 also allows and neither provider sends, are none.
 */
export const readRetryAfter = (header: unknown): number | null => {
  const text = String(header ?? '').trim();
  return /^\d{1,9}$/.test(text) ? Math.min(Math.max(Number(text), 1), MOST_SECONDS) : null;
};
