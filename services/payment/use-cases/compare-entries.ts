import type { Queryable } from '#shared/database/queryable';
import { compareEntry, type Difference } from '../domain/drift';
import { causeOf } from '../domain/drift-cause';
import { isOfPayout } from '../domain/movement';
import type { LoadedEntry } from '../sql/entry-rows';
import { gatherEvidence } from '../sql/gather-evidence';
import { type FoundDrift, recordDrift } from '../sql/record-drift';

/** A difference with the entry it was found in. */
export interface EntryDifference {
  readonly entry: LoadedEntry;
  readonly difference: Difference;
}

export const findDifferences = (entries: readonly LoadedEntry[]): readonly EntryDifference[] =>
  entries.flatMap((entry) => {
    const difference = compareEntry(entry);
    return difference === null ? [] : [{ entry, difference }];
  });

/**
 * Writes what is left of the differences between entries, with a cause each; what was open about any of them and is gone is
 * resolved. `examined`: the keys of all that were looked at, also of those that are in order.
 */
export const noteDrift = async (
  deps: { readonly database: Queryable; readonly now: () => number },
  examined: readonly string[],
  differences: readonly EntryDifference[],
): Promise<void> => {
  const now = deps.now();
  const evidence =
    differences.length === 0
      ? new Map()
      : await gatherEvidence(
          deps.database,
          differences.map(({ entry }) => entry),
        );
  const found = differences.map(({ entry, difference }): FoundDrift => {
    const { provider, paymentId, providerRef, at, theirs } = entry;
    const cause = causeOf(
      difference,
      {
        hasHeldEvent: false,
        hasEventUnderReview: false,
        hasUnsettledCall: false,
        hasEventSince: false,
        ...evidence.get(entry.key),
        at,
        isOurs: paymentId !== null || isOfPayout(difference.books),
        settledCurrency: theirs?.settledCurrency ?? null,
        currency: entry.ours?.currency ?? theirs?.currency ?? '',
      },
      now,
    );
    return { ...difference, provider, paymentId, providerRef, at, cause };
  });
  await recordDrift(deps.database, examined, found, now);
};
