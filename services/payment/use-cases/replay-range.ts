import type { Database } from '#shared/database/pool';
import { withTransaction } from '#shared/database/with-transaction';
import { writeAudit } from '#shared/database/write-audit';
import type { Actor } from '#shared/kernel/actor';
import type { ProviderEventMessage } from '#shared/messages/provider-event';
import { decodeEventCursor } from '../domain/event-cursor';
import type { StoredReport } from '../domain/stored-event';
import type { SendEvents } from '../ports';
import { type EventFilter, listReplayable } from '../sql/list-events';
import { pageOf } from './list-events';

export interface ReplayRangeDeps {
  readonly database: Database;
  readonly sendEvents: SendEvents;
}

export interface ReplayRangeRequest extends Omit<EventFilter, 'paymentId'> {
  readonly from: string;
  readonly to: string;
  /** `nextCursor` of the call before. */
  readonly cursor: string | null;
}

export interface ReplayedRange {
  readonly sent: number;
  /** Null when all events of the range have been sent. */
  readonly nextCursor: string | null;
}

/** Events sent by one call: ten requests to SQS, done within a second or two. */
const SLICE = 100;

/**
 * Puts the providers' events of a range of time on the queue again, oldest first, a slice for each call. The reconciler takes
 * them like any delivery: in batches, as fast as its concurrency allows, each tried again by itself and in the end set aside
 * as a dead letter. A call that fails on the way may simply be made again, since an event that comes twice changes nothing.
 */
export const replayRange = async (
  { database, sendEvents }: ReplayRangeDeps,
  actor: Actor,
  { cursor, ...range }: ReplayRangeRequest,
): Promise<ReplayedRange> => {
  const after = cursor === null ? null : decodeEventCursor(cursor, '/body/cursor');
  const { items, nextCursor } = await withTransaction(database, async (tx) => {
    const page = { ...range, paymentId: null, after, limit: SLICE + 1 };
    const slice = pageOf(await listReplayable(tx, page), SLICE);
    const target = `${range.from}/${range.to}`;
    const asked = { events: slice.items.length, outcome: range.outcome, provider: range.provider };
    await writeAudit(tx, { actor, action: 'events.replay_range', target, before: null, after: asked });
    return slice;
  });
  await sendEvents(items.map(messageOf));
  return { sent: items.length, nextCursor };
};

const messageOf = (event: StoredReport): ProviderEventMessage => ({
  version: 1,
  provider: event.provider,
  eventId: event.eventId,
  eventType: event.eventType,
  mode: event.mode,
  account: event.account,
  receivedAt: event.receivedAt.toISOString(),
  sha256: event.sha256,
  transmissionId: event.transmissionId,
  body: event.body ?? '',
  replay: true,
});
