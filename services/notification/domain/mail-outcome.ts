/**
 * What came of handing a mail to the mail service.
 * - accepted: it is on its way, under the service's id.
 * - later: it was certainly not taken, and another time may be better.
 * - refused: it was certainly not taken, and never will be.
 * - unknown: it may have been taken; asking again could send it twice.
 */
export type MailOutcome =
  | { readonly kind: 'accepted'; readonly messageId: string | null }
  /** `code`: the service's word for why, or that of the connection. */
  | { readonly kind: 'later' | 'refused' | 'unknown'; readonly code: string };

/** How a mail in the outbox stands after an attempt. Times in milliseconds since 1970. */
export type MailState =
  | { readonly state: 'sent'; readonly messageId: string | null }
  | { readonly state: 'failed' | 'unknown'; readonly code: string }
  | { readonly state: 'due'; readonly code: string; readonly dueAtMs: number };

/** Attempts in all: over some four hours, longer than most outages. */
export const MAX_ATTEMPTS = 10;

const FIRST_PAUSE_MS = 60_000;
const LONGEST_PAUSE_MS = 3_600_000;

/**
 * What follows from an outcome.
 *
 * @param attempts those made, this one among them
 */
export const stateAfter = (outcome: MailOutcome, attempts: number, nowMs: number): MailState => {
  if (outcome.kind === 'accepted') return { state: 'sent', messageId: outcome.messageId };
  const { kind, code } = outcome;
  if (kind === 'unknown') return { state: 'unknown', code };
  if (kind === 'refused' || attempts >= MAX_ATTEMPTS) return { state: 'failed', code };
  const pause = Math.min(FIRST_PAUSE_MS * 2 ** (attempts - 1), LONGEST_PAUSE_MS);
  return { state: 'due', code, dueAtMs: nowMs + pause };
};
