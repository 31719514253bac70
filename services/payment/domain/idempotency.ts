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
 * How long a claim is believed, in milliseconds: longer than the gateway lets a request live (29 s), so that a claim older
 * than that belongs to a process that died, and its work may be taken over.
 */
export const CLAIM_LIFETIME_MS = 35_000;

const CLAIM_LIFETIME_SECONDS = 35;

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

/** Most requests are done within seconds; one that is not has probably died, and its claim must lapse first. Seconds. */
const retryAfter = (ageMs: number): string => (ageMs < 5_000 ? '1' : String(CLAIM_LIFETIME_SECONDS));

/** The key in a header: bare, or quoted as in the IETF draft. Null when the header is absent. */
export const readIdempotencyKey = (header: string | undefined): string | null => {
  if (header === undefined) return null;
  const key = /^"(.*)"$/.exec(header)?.[1] ?? header;
  if (!/^[\x21-\x7e]{1,255}$/.test(key)) throw new AppError('idempotency_key_invalid');
  return key;
};
