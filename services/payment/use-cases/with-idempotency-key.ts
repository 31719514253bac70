import type { Queryable } from '#shared/database/queryable';
import { AppError, isAppError } from '#shared/errors/app-error';
import type { MakeId, Now } from '#shared/kernel/ids';
import { decideReplay } from '../domain/idempotency';
import { claimIdempotencyKey, findIdempotencyKey } from '../sql/claim-idempotency-key';
import {
  finishIdempotencyKey,
  releaseIdempotencyKey,
  takeOverIdempotencyKey,
} from '../sql/hold-idempotency-key';

export interface IdempotencyDeps {
  readonly database: Queryable;
  readonly makeId: MakeId;
  readonly now: Now;
}

export interface IdempotentRequest {
  readonly userId: string;
  readonly route: string;
  /** Null: the client takes the risk of doing it twice. */
  readonly key: string | null;
  /** SHA-256 of the request, hex. */
  readonly requestHash: string;
}

/** A key that this request has claimed. */
export type Claim = Pick<IdempotentRequest, 'userId' | 'route'> & { readonly key: string };

/** An answer, and whether it has been kept for its key already, with what it tells of. */
export interface Answered<Answer> {
  readonly answer: Answer;
  readonly isKept: boolean;
}

/**
 * Runs `work` once for each key and repeats its answer afterwards. `work` gets the id of what it makes: the same again when an
 * earlier try died or failed, so that it continues instead of starting anew. A failure is not kept: after it the same key
 * goes on with the same id. Two that run at the same time, because one was taken for dead, do no harm: both are about
 * the same thing and make the same provider call.
 */
export const withIdempotencyKey = async <Answer>(
  deps: IdempotencyDeps,
  request: IdempotentRequest,
  work: (resourceId: string) => Promise<Answer>,
): Promise<Answer> => {
  const fresh = deps.makeId();
  const { userId, route, key, requestHash } = request;
  if (key === null) return work(fresh);
  const claim = { userId, route, key };
  const existing = await claimIdempotencyKey(deps.database, { ...claim, requestHash, resourceId: fresh });
  let resourceId = fresh;
  if (existing !== null) {
    const replay = decideReplay(existing, requestHash, deps.now());
    if (replay.kind === 'repeat') return JSON.parse(replay.response) as Answer;
    if (!(await takeOverIdempotencyKey(deps.database, claim, existing.claimedAt))) {
      throw new AppError('idempotency_key_in_flight', { headers: { 'retry-after': '1' } });
    }
    resourceId = existing.resourceId;
  }
  return answerOnce(deps, claim, async () => ({ answer: await work(resourceId), isKept: false }));
};

/** The answer that a key has already; null where it has none, or there is no key. Throws as `decideReplay` does. */
export const repeatAnswer = async <Answer>(
  { database, now }: Pick<IdempotencyDeps, 'database' | 'now'>,
  claim: Claim | null,
  requestHash: string,
): Promise<{ readonly repeated: Answer } | null> => {
  const existing = claim === null ? null : await findIdempotencyKey(database, claim);
  const replay = existing === null ? null : decideReplay(existing, requestHash, now());
  return replay?.kind === 'repeat' ? { repeated: JSON.parse(replay.response) as Answer } : null;
};

/** Runs `work` under a claim and keeps its answer for the next one with that key; without a claim it only runs it. */
export const answerOnce = async <Answer>(
  { database }: Pick<IdempotencyDeps, 'database'>,
  claim: Claim | null,
  work: () => Promise<Answered<Answer>>,
): Promise<Answer> => {
  if (claim === null) return (await work()).answer;
  try {
    const { answer, isKept } = await work();
    if (isKept || (await finishIdempotencyKey(database, claim, JSON.stringify(answer)))) return answer;
    // Somebody took this process for dead and was faster: one key has one answer, theirs.
    const first = await findIdempotencyKey(database, claim);
    return first?.response == null ? answer : (JSON.parse(first.response) as Answer);
  } catch (error) {
    // The failure is the answer; if the claim cannot be given back either, it lapses by itself.
    if (!isAppError(error, 'database_unavailable')) {
      await releaseIdempotencyKey(database, claim).catch(() => undefined);
    }
    throw error;
  }
};
