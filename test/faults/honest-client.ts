import { errorCodes } from '../../shared/errors/error-codes';
import { bump, type Counters } from './counters';

export interface Answer {
  readonly status: number;
  /** The JSON text, for comparing byte by byte. */
  readonly text: string;
  readonly body: AnswerBody;
}

/** What the routes used here answer, taken together. */
export interface AnswerBody {
  readonly code?: string;
  readonly user?: { readonly token: string };
  readonly payment?: { readonly id: string; readonly status: string; readonly captured_amount: number };
  readonly client_secret?: string;
  readonly payment_intent_id?: string;
  readonly order_id?: string;
}

export interface Question {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly token?: string;
  readonly key?: string;
  readonly body?: unknown;
}

/** Answers that a client repeats: nobody knows what happened, or somebody else is at it. */
const repeatedCodes = new Set(['idempotency_key_in_flight', 'conflict', 'rate_limited']);
const PATIENCE_MS = 12_000;

export interface HonestClient {
  /** Asks once. Null: no answer came. */
  once: (question: Question) => Promise<Answer | null>;
  /** Asks until the answer says something about the request, with the same key each time. Null: gave up. */
  ask: (question: Question, tries?: number) => Promise<Answer | null>;
}

export const honestClient = (gatewayUrl: string, counters: Counters): HonestClient => {
  const once = async ({ method, path, token, key, body }: Question): Promise<Answer | null> => {
    try {
      const response = await fetch(`${gatewayUrl}${path}`, {
        method,
        headers: {
          'content-type': 'application/json',
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
          ...(key !== undefined && { 'idempotency-key': key }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      const text = await response.text();
      const answer = { status: response.status, text, body: JSON.parse(text) as AnswerBody };
      countRefusal(counters, path, answer);
      return answer;
    } catch {
      return null;
    }
  };
  const ask = async (question: Question, tries = 25): Promise<Answer | null> => {
    for (let attempt = 1; attempt <= tries; attempt += 1) {
      const answer = await once(question);
      if (answer !== null && isFinal(answer)) return answer;
      await new Promise((resolve) => setTimeout(resolve, Math.min(100 * attempt, 800)));
    }
    return null;
  };
  return { once, ask };
};

/** `provider_outcome_unknown` says that asking again will not tell: the sweep finds out. */
const isFinal = ({ status, body }: Answer): boolean =>
  body.code === 'provider_outcome_unknown' || (status < 500 && !repeatedCodes.has(body.code ?? ''));

/**
 * A 5xx must name a code of the catalogue with that code's status. What the gateway answers for a call whose process died is
 * counted apart: it must be matched by a death.
 */
const countRefusal = (counters: Counters, path: string, { status, body, text }: Answer): void => {
  if (body.code === 'conflict') bump(counters.refusals, 'conflict');
  if (status < 500) return;
  const entry = Object.entries(errorCodes).find(([code]) => code === body.code)?.[1];
  if (entry?.status === status && body.code !== 'internal') bump(counters.refusals, body.code ?? '');
  else if (status === 502 && body.code === 'internal') counters.platformErrors += 1;
  else counters.unhandled.push(`${path}: ${status} ${text.slice(0, 200)}`);
};
