import { isAppError } from '#shared/errors/app-error';
import { readRetryAfter } from '#shared/kernel/retry-after';

export interface PatienceDeps {
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

const TRIES = 3;

/** Milliseconds before the second and the third try, where the provider names none. */
const PAUSE_MS = 1_000;

/** A wait that a run takes; longer ones are for the next run. Milliseconds. */
const LONGEST_WAIT_MS = 20_000;

/**
 * Asks a provider again after a moment when it cannot answer, as long after as its Retry-After says. Gives up with the last
 * error: after three tries, when the wait is too long for a run, or when it would end after `until` (milliseconds since 1970).
 */
export const askPatiently = async <Answer>(
  deps: PatienceDeps,
  until: number,
  ask: () => Promise<Answer>,
): Promise<Answer> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ask();
    } catch (error) {
      const waitMs = retryAfterMs(error) ?? PAUSE_MS * attempt;
      const isWorthIt = isAppError(error, 'provider_unavailable') && attempt < TRIES;
      if (!isWorthIt || waitMs > LONGEST_WAIT_MS || deps.now() + waitMs >= until) throw error;
      await deps.sleep(waitMs);
    }
  }
};

/** How long the provider wants to be left alone, in milliseconds; null where it did not say. */
export const retryAfterMs = (error: unknown): number | null => {
  const seconds = isAppError(error) ? readRetryAfter(error.headers['retry-after']) : null;
  return seconds === null ? null : seconds * 1000;
};
