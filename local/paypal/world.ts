import type { Millis, PayPalState, StoredEvent } from './state';

/** Everything an operation may touch: the state, the clock, fresh ids, and the way to notify. */
export type World = {
  readonly state: PayPalState;
  /** The double's own base URL, for links in answers. */
  readonly url: string;
  now(): Millis;
  /** An id of the given length in PayPal's alphabet (digits and upper-case letters), unused so far. */
  newId(length: number): string;
  /** Calls back when the clock reaches `due` (at once when it has); the state is saved afterwards. */
  at(due: Millis, run: () => void): void;
  /** Hands a stored event to the webhooks that listen to its type. */
  deliver(event: StoredEvent): void;
};

/** `2018-08-15T21:30:35Z`: resources carry whole seconds. */
export function isoSeconds(at: Millis): string {
  return new Date(at).toISOString().replace(/\.\d{3}Z$/, 'Z');
}

export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;
