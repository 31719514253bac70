import type { Database } from '#shared/database/pool';
import { withTransaction } from '#shared/database/with-transaction';
import { writeAudit } from '#shared/database/write-audit';
import { AppError } from '#shared/errors/app-error';
import type { Actor } from '#shared/kernel/actor';
import { type PaymentSummary, summarise } from '../domain/payment-summary';
import { eventTarget, type StoredEvent } from '../domain/stored-event';
import { dismissReviews } from '../sql/dismiss-reviews';
import { findPayment } from '../sql/find-payment';
import { type EventRef, findEvent } from './find-event';

export interface DismissReviewDeps {
  readonly database: Database;
}

export interface DismissedReview {
  readonly event: StoredEvent;
  readonly payment: PaymentSummary | null;
}

/**
 * Marks a report under review as looked at. It has no effect then or later, on money least of all: a report that contradicts
 * us is never accepted by hand. What the provider really did comes in by facts that fit, or by another payment. The mark on
 * the payment goes when no other report about it waits. Doing it again changes nothing. Throws `not_found`, and
 * `event_not_under_review` for an event that is no such report.
 */
export const dismissReview = (
  { database }: DismissReviewDeps,
  actor: Actor,
  ref: EventRef,
): Promise<DismissedReview> =>
  withTransaction(database, async (tx) => {
    const before = await findEvent(tx, ref);
    const dismissed = await dismissReviews(tx, [before]);
    const event = await findEvent(tx, before);
    if (event.outcome !== 'dismissed') throw new AppError('event_not_under_review');
    const payment = event.paymentId === null ? null : await findPayment(tx, event.paymentId);
    if (dismissed.length > 0) {
      await writeAudit(tx, {
        actor,
        action: 'reviews.dismiss',
        target: eventTarget(before),
        before: { outcome: before.outcome, reason: before.reason, payment_id: before.paymentId },
        after: { outcome: event.outcome, payment_review_reason: payment?.reviewReason ?? null },
      });
    }
    return { event, payment: payment === null ? null : summarise(payment, payment) };
  });
