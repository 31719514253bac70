import type { Database } from '#shared/database/pool';
import { writeAudit } from '#shared/database/write-audit';
import type { Actor } from '#shared/kernel/actor';
import type { Now } from '#shared/kernel/ids';
import { providerEventSchema } from '#shared/messages/provider-event';
import type { DeadLetters } from '../ports';

/** A message that was tried in vain, without what it says. */
export interface DeadLetter {
  readonly messageId: string;
  /** Null for a message that is none of ours, or in a form that the reconciler does not know. */
  readonly event: { readonly provider: string; readonly id: string; readonly type: string } | null;
  /** When it was first put on the queue. */
  readonly sentAt: Date;
}

export interface DeadLetterView {
  /** How many there are; SQS counts approximately. */
  readonly count: number;
  /** Seconds since the oldest of those looked at was sent; null when there is none. */
  readonly oldestAgeSeconds: number | null;
  readonly letters: readonly DeadLetter[];
}

export interface ShowDeadLettersDeps {
  readonly deadLetters: DeadLetters;
  readonly now: Now;
}

/** Messages that one look takes, SQS's own limit. */
const PEEKED = 10;

/** What waits as dead letters. Looking hides nothing from a redrive. */
export const showDeadLetters = async (deps: ShowDeadLettersDeps): Promise<DeadLetterView> => {
  const { count, messages } = await deps.deadLetters.peek(PEEKED);
  const letters = messages
    .map(({ messageId, sentAt, body }) => ({ messageId, sentAt: new Date(sentAt), event: eventOf(body) }))
    .sort((a, b) => a.sentAt.getTime() - b.sentAt.getTime());
  const oldest = letters[0];
  const ageMs = oldest === undefined ? null : deps.now() - oldest.sentAt.getTime();
  return { count, oldestAgeSeconds: ageMs === null ? null : (ageMs - (ageMs % 1000)) / 1000, letters };
};

const eventOf = (body: string): DeadLetter['event'] => {
  const parsed = providerEventSchema.safeParse(parseJson(body));
  if (!parsed.success) return null;
  const { provider, eventId, eventType } = parsed.data;
  return { provider, id: eventId, type: eventType };
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

export interface RedriveDeps {
  readonly database: Database;
  readonly deadLetters: DeadLetters;
}

export interface Redriven {
  /** SQS's handle of the move, which goes on by itself. */
  readonly taskHandle: string;
  /** How many were waiting when it began. */
  readonly count: number;
}

/** Puts all dead letters back on the queue they came from. Throws `conflict` while an earlier move still runs. */
export const redriveDeadLetters = async (deps: RedriveDeps, actor: Actor): Promise<Redriven> => {
  const count = await deps.deadLetters.count();
  // Before: a move that has begun cannot be taken back.
  await writeAudit(deps.database, {
    actor,
    action: 'dead_letters.redrive',
    target: 'provider-events',
    before: { count },
    after: null,
  });
  return { taskHandle: await deps.deadLetters.redrive(), count };
};
