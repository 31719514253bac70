import type { Queryable } from '#shared/database/queryable';
import type { ReadStoredReport } from '../ports';
import { applyReports, type InboxEntry } from '../sql/apply-reports';
import { dismissReviews } from '../sql/dismiss-reviews';
import { readInbox } from '../sql/read-inbox';
import { type Applied, applyTogether } from './apply-messages';
import type { Report } from './fold-reports';

export interface ReplayDeps {
  /** Where the inbox is read from: one connection, in a transaction that sees a single moment. */
  readonly source: Queryable;
  /** Where state is made anew: payments as they were opened, and nothing else. */
  readonly scratch: Queryable;
  readonly readStored: ReadStoredReport;
  /** Told how many reports are done. */
  readonly onProgress: (reports: number) => void;
}

export interface Replayed {
  readonly reports: number;
  /** Those that wait for their payment. */
  readonly held: number;
  /** Reports that cannot be read or written any more, by key, with the error. */
  readonly failed: ReadonlyMap<string, string>;
}

/**
 * Makes all payment state again from the reports in the inbox, in the order in which they were judged, by the product's own
 * readers, fold and writer. What the reports cannot tell is taken from the inbox as it is: which of them waited for their
 * payment (until their next try they have no effect), what asking PayPal about an event came to, and what a person dismissed.
 */
export const replayInbox = async (deps: ReplayDeps): Promise<Replayed> => {
  const failed = new Map<string, string>();
  let [reports, held] = [0, 0];
  for await (const page of readInbox(deps.source)) {
    await replayPage(deps, page, failed);
    reports += page.length;
    held += page.filter(({ outcome }) => outcome === 'held').length;
    deps.onProgress(reports);
  }
  return { reports, held, failed };
};

const replayPage = async (
  { scratch, readStored }: ReplayDeps,
  page: readonly InboxEntry[],
  failed: Map<string, string>,
): Promise<void> => {
  const verdicts = new Map<string, Applied>();
  const given = page.filter(isGiven);
  const read = page
    .filter((entry) => !isGiven(entry))
    .flatMap((entry) => {
      const messageId = `${entry.provider}:${entry.eventId}`;
      try {
        return [{ messageId, report: reportOf(entry, readStored) }];
      } catch (error) {
        verdicts.set(messageId, { done: false, error });
        return [];
      }
    });
  await applyTogether({ database: scratch, sleep: async () => undefined }, read, verdicts);
  if (given.length > 0) await applyReports(scratch, [], given);
  const dismissed = page.filter(({ outcome }) => outcome === 'dismissed');
  if (dismissed.length > 0) await dismissReviews(scratch, dismissed);
  for (const [key, verdict] of verdicts) if (!verdict.done) failed.set(key, String(verdict.error));
};

/**
 * Rows whose outcome no report tells. A held one came before what names its payment; a body with an outcome of asking has its
 * effect, if it had one, in a row of its own.
 */
const isGiven = ({ outcome, provider, body, observation }: InboxEntry): boolean => {
  if (outcome === 'held') return true;
  const isAsking = body !== null && (observation !== null || provider === 'paypal');
  return isAsking && (outcome === 'applied' || outcome === 'ignored');
};

const reportOf = (entry: InboxEntry, readStored: ReadStoredReport): Report => {
  const reading = readStored(entry);
  if (reading === null) throw new Error('nothing of it was kept');
  const { outcome: _, reason: __, paymentId: ___, providerRef: ____, ...received } = entry;
  return { ...received, reading };
};
