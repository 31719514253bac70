import type { Outcome } from '../lambda/invocation';

/**
 * Which messages of a batch are done, by AWS's rules for SQS event sources.
 *
 * Without ReportBatchItemFailures: all or none. With it: an empty or missing list means all; listed ids
 * stay; an id that is empty, null, misnamed or not of this batch fails the whole batch, as a throw does.
 */
export function judgeBatch(
  messageIds: string[],
  outcome: Outcome,
  reportBatchItemFailures: boolean,
): Set<string> {
  const none = new Set<string>();
  if (outcome.functionError || outcome.throttled) return none;
  const all = new Set(messageIds);
  if (!reportBatchItemFailures) return all;
  const answer = JSON.parse(outcome.payload) as { batchItemFailures?: unknown } | null;
  const failures = answer?.batchItemFailures;
  if (failures === undefined || failures === null) return all;
  if (!Array.isArray(failures)) return none;
  for (const failure of failures as { itemIdentifier?: unknown }[]) {
    const id = failure?.itemIdentifier;
    if (typeof id !== 'string' || !messageIds.includes(id)) return none;
    all.delete(id);
  }
  return all;
}
