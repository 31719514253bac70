import { AppError } from '#shared/errors/app-error';

/** The row an earlier request with the same Idempotency-Key left. */
export interface IdempotencyRecord {
  readonly requestHash: string;
  /** What the first request set out to make; a retry goes on with it. */
  readonly resourceId: string;
  readonly state: 'in_flight' | 'done';
  /** The answer's JSON text, once done. */
  readonly response: string | null;
  /** Milliseconds since 1970. */
  readonly claimedAt: number;
}

/**
 * How long a claim keeps others waiting, in milliseconds. Most requests are done by then; one that is not has probably died.
 * Should it be alive and hang at the provider, going on beside it is safe: both make the same thing with the same
 * provider key, and the first answer is kept. The claim only spares the provider the second call.
 */
export const CLAIM_LIFETIME_MS = 10_000;

export type Replay = { readonly kind: 'repeat'; readonly response: string } | { readonly kind: 'take_over' };

/** What to do about a key that is taken. Throws `idempotency_key_reused` and `idempotency_key_in_flight`. */
export const decideReplay = (record: IdempotencyRecord, requestHash: string, now: number): Replay => {
  if (record.requestHash !== requestHash) throw new AppError('idempotency_key_reused');
  if (record.response !== null) return { kind: 'repeat', response: record.response };
  const ageMs = now - record.claimedAt;
  if (ageMs < CLAIM_LIFETIME_MS) {
    throw new AppError('idempotency_key_in_flight', { headers: { 'retry-after': retryAfter(ageMs) } });
  }
  return { kind: 'take_over' };
};

/** Most are done within a second; later it is not worth asking before the claim lapses. Seconds. */
const retryAfter = (ageMs: number): string => (ageMs < 2_000 ? '1' : CLAIM_LIFETIME_SECONDS);

const CLAIM_LIFETIME_SECONDS = '10';

/** The key in a header: bare, or quoted as in the IETF draft. Null when the header is absent. */
export const readIdempotencyKey = (header: string | undefined): string | null => {
  if (header === undefined) return null;
  const key = /^"(.*)"$/.exec(header)?.[1] ?? header;
  if (!/^[\x21-\x7e]{1,255}$/.test(key)) throw new AppError('idempotency_key_invalid');
  return key;
};
