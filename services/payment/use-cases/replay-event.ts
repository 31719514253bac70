import type { Database } from '#shared/database/pool';
import { withTransaction } from '#shared/database/with-transaction';
import { writeAudit } from '#shared/database/write-audit';
import type { Actor } from '#shared/kernel/actor';
import type { Reading } from '../domain/observation';
import { type PaymentSummary, summarise } from '../domain/payment-summary';
import { eventTarget, type StoredEvent, type StoredReport } from '../domain/stored-event';
import type { ReadProviderEvent, ReadStoredReport } from '../ports';
import { type EventRef, findEvent } from './find-event';
import type { Report } from './fold-reports';
import { type ReconcileDeps, reconcile } from './reconcile';

export interface ReplayEventDeps extends ReconcileDeps {
  readonly database: Database;
  readonly read: ReadProviderEvent;
  readonly readStored: ReadStoredReport;
}

export interface ReplayedEvent {
  /** As it then stands. */
  readonly event: StoredEvent;
  /** The payment that it is about, as it then stands; null where it is about none. */
  readonly payment: PaymentSummary | null;
}

/**
 * Reads one report again by today's readers, PayPal's events by asking PayPal, and reconciles it as if it came now. Whatever
 * it had brought before changes nothing; what only a mended reader sees is added. Throws `not_found` and what the provider does.
 */
export const replayEvent = async (
  deps: ReplayEventDeps,
  actor: Actor,
  ref: EventRef,
): Promise<ReplayedEvent> => {
  const stored = await findEvent(deps.database, ref);
  const report = await readAgain(deps, stored);
  return withTransaction(deps.database, async (tx) => {
    const results = await reconcile({ ...deps, database: tx }, [report]);
    const payment = results.get(report.eventId)?.payment ?? null;
    const event = await findEvent(tx, stored);
    await writeAudit(tx, {
      actor,
      action: 'events.replay',
      target: eventTarget(stored),
      before: standingOf(stored),
      after: standingOf(event),
    });
    return { event, payment: payment === null ? null : summarise(payment, payment) };
  });
};

const readAgain = async (deps: ReplayEventDeps, stored: StoredReport): Promise<Report> => {
  const { provider, body, observation } = stored;
  // What we saw ourselves was seen then; only the provider's own event may lead to another question.
  const read =
    body === null ? { reading: deps.readStored(stored), observation } : await deps.read({ provider, body });
  const reading: Reading = read.reading ?? { kind: 'ignored', reason: 'nothing of it was kept' };
  return {
    provider,
    eventId: stored.eventId,
    source: stored.source as Report['source'],
    eventType: stored.eventType,
    mode: stored.mode,
    account: stored.account,
    transmissionId: stored.transmissionId,
    sha256: stored.sha256,
    body,
    observation: read.observation,
    receivedAt: stored.receivedAt.toISOString(),
    reading,
  };
};

const standingOf = ({ outcome, reason, paymentId }: StoredEvent) => ({
  outcome,
  reason,
  payment_id: paymentId,
});
