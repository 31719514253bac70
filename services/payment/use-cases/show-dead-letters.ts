import type { Database } from '#shared/database/pool';
import type { Queryable } from '#shared/database/queryable';
import { writeAudit } from '#shared/database/write-audit';
import type { Actor } from '#shared/kernel/actor';
import type { Now } from '#shared/kernel/ids';
import { changeMessageSchema } from '#shared/messages/change';
import { providerEventSchema } from '#shared/messages/provider-event';
import type { RecordedChange } from '../domain/recorded-change';
import type { DeadLetterQueues, QueueName } from '../ports';
import { findChanges } from '../sql/find-changes';

/** A message that was tried in vain, without what it says. Both null for one in a form that nobody here knows. */
export interface DeadLetter {
  readonly messageId: string;
  readonly event: { readonly provider: string; readonly id: string; readonly type: string } | null;
  /** Null for one whose record is gone, too. */
  readonly change: RecordedChange | null;
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
  readonly database: Queryable;
  readonly deadLetters: DeadLetterQueues;
  readonly now: Now;
}

/** Messages that one look takes, SQS's own limit. */
const PEEKED = 10;

/** What waits as dead letters of a queue. Looking hides nothing from a redrive. */
export const showDeadLetters = async (
  { database, deadLetters, now }: ShowDeadLettersDeps,
  queue: QueueName,
): Promise<DeadLetterView> => {
  const { count, messages } = await deadLetters[queue].peek(PEEKED);
  const named = messages.map((message) => ({ ...message, ...whatItNames(message.body) }));
  const changes = await findChanges(
    database,
    named.flatMap(({ changeId }) => changeId ?? []),
  );
  const letters = named
    .map(({ messageId, sentAt, event, changeId }) => {
      const change = changes.get(changeId ?? '') ?? null;
      return { messageId, event, change, sentAt: new Date(sentAt) };
    })
    .sort((a, b) => a.sentAt.getTime() - b.sentAt.getTime());
  const oldest = letters[0];
  const ageMs = oldest === undefined ? null : now() - oldest.sentAt.getTime();
  return { count, oldestAgeSeconds: ageMs === null ? null : (ageMs - (ageMs % 1000)) / 1000, letters };
};

const whatItNames = (body: string): Pick<DeadLetter, 'event'> & { readonly changeId?: string } => {
  const message = parseJson(body);
  const change = changeMessageSchema.safeParse(message);
  if (change.success) return { event: null, changeId: change.data.id };
  const parsed = providerEventSchema.safeParse(message);
  if (!parsed.success) return { event: null };
  const { provider, eventId, eventType } = parsed.data;
  return { event: { provider, id: eventId, type: eventType } };
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
  readonly deadLetters: DeadLetterQueues;
}

export interface Redriven {
  /** SQS's handle of the move, which goes on by itself. */
  readonly taskHandle: string;
  /** How many were waiting when it began. */
  readonly count: number;
}

/** Puts all dead letters back on the queue they came from. Throws `conflict` while an earlier move still runs. */
export const redriveDeadLetters = async (
  deps: RedriveDeps,
  actor: Actor,
  queue: QueueName,
): Promise<Redriven> => {
  const deadLetters = deps.deadLetters[queue];
  const count = await deadLetters.count();
  // Before: a move that has begun cannot be taken back.
  await writeAudit(deps.database, {
    actor,
    action: 'dead_letters.redrive',
    target: queue,
    before: { count },
    after: null,
  });
  return { taskHandle: await deadLetters.redrive(), count };
};
