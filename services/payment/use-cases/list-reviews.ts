import type { Queryable } from '#shared/database/queryable';
import { decodeEventCursor } from '../domain/event-cursor';
import { explainReview, type Mismatch } from '../domain/explain-review';
import { type PaymentSummary, summarise } from '../domain/payment-summary';
import type { StoredEvent, StoredReport } from '../domain/stored-event';
import type { ReadStoredReport } from '../ports';
import { listReviews as selectReviews } from '../sql/list-reviews';
import { type LoadedPayment, loadPayments } from '../sql/load-payments';
import { type Page, pageOf } from './list-events';

export interface ListReviewsDeps {
  readonly database: Queryable;
  readonly readStored: ReadStoredReport;
}

/** A report that waits for a person. */
export interface OpenReview {
  readonly event: StoredEvent;
  readonly payment: PaymentSummary | null;
  /** In what it differs from the payment as it stands now; empty where nothing does any more, or it cannot be read. */
  readonly mismatches: readonly Mismatch[];
}

/** A page of reports under review, oldest first, with both values of what differs. */
export const listReviews = async (
  { database, readStored }: ListReviewsDeps,
  { limit, cursor }: { readonly limit: number; readonly cursor: string | null },
): Promise<Page<OpenReview>> => {
  const after = cursor === null ? null : decodeEventCursor(cursor);
  const { items, nextCursor } = pageOf(await selectReviews(database, { limit: limit + 1, after }), limit);
  const keys = items.map(({ provider, paymentId }) => ({ provider, providerRef: null, paymentId }));
  const { payments } = await loadPayments(database, keys);
  const byId = new Map(payments.map((payment) => [payment.id, payment]));
  return {
    items: items.map((event) => {
      const payment = byId.get(event.paymentId ?? '') ?? null;
      return {
        event,
        payment: payment === null ? null : summarise(payment, payment),
        mismatches: payment === null ? [] : explain(event, payment, readStored),
      };
    }),
    nextCursor,
  };
};

const explain = (
  event: StoredReport,
  payment: LoadedPayment,
  readStored: ReadStoredReport,
): readonly Mismatch[] => {
  try {
    const reading = readStored(event);
    return reading?.kind === 'observation' ? explainReview(payment, reading.observation) : [];
  } catch {
    return [];
  }
};
