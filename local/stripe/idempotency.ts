import { createHash } from 'node:crypto';
import type { HttpReply } from '../doubles/http-messages';
import type { Collection } from './collection';
import { StripeRefusal } from './stripe-error';

/** A stored answer; `id` is the key. */
export interface IdempotentAnswer {
  id: string;
  path: string;
  parameters: string;
  createdMs: number;
  requestId: string;
  status: number;
  body: string;
}

/** Keys "can be removed from the system automatically after they're at least 24 hours old". */
const keptMs = 24 * 3_600_000;

export interface IdempotencyLayer {
  /**
   * Looks a key up before its request runs.
   * @returns the stored answer to replay, or `run`: the caller runs it and calls `finish` or `release`
   * @throws StripeRefusal 400 for other parameters or another endpoint, 409 while the first request runs
   */
  begin(key: string, path: string, rawParameters: string): IdempotentAnswer | 'run';
  /** Keeps the answer for the key. */
  finish(key: string, requestId: string, reply: HttpReply): void;
  /** Nothing is kept: the parameters did not pass validation. */
  release(key: string): void;
}

/** Stripe API v1's idempotency (docs.stripe.com/api/idempotent_requests). */
export function createIdempotencyLayer(
  answers: Collection<IdempotentAnswer>,
  nowMs: () => number,
): IdempotencyLayer {
  const running = new Map<string, { path: string; parameters: string; createdMs: number }>();

  return {
    begin(key, path, rawParameters) {
      if (key.length > 255) throw badKey('Idempotency keys may be at most 255 characters.');
      const parameters = createHash('sha256').update(rawParameters).digest('hex');
      const stored = answers.get(key);
      if (stored && stored.createdMs + keptMs <= nowMs()) answers.remove(key);
      const first = running.get(key) ?? answers.get(key);
      if (first && first.path !== path) {
        throw badKey(
          `Keys for idempotent requests can only be used for the same endpoint they were first used for ('${path}' vs '${first.path}'). Try using a key other than '${key}' if you meant to execute a different request.`,
        );
      }
      if (first && first.parameters !== parameters) {
        throw badKey(
          `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
        );
      }
      if (running.has(key)) throw keyInUse(key);
      const answer = answers.get(key);
      if (answer) return answer;
      running.set(key, { path, parameters, createdMs: nowMs() });
      return 'run';
    },
    finish(key, requestId, reply) {
      const first = running.get(key);
      if (!first) return;
      running.delete(key);
      answers.put({ id: key, ...first, requestId, status: reply.status, body: String(reply.body ?? '') });
    },
    release(key) {
      running.delete(key);
    },
  };
}

function badKey(message: string): StripeRefusal {
  return new StripeRefusal(400, { type: 'idempotency_error', message }, true);
}

function keyInUse(key: string): StripeRefusal {
  return new StripeRefusal(
    409,
    {
      type: 'idempotency_error',
      code: 'idempotency_key_in_use',
      message: `There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): ${key}. Please try again later.`,
    },
    true,
    { 'stripe-should-retry': 'true' },
  );
}
