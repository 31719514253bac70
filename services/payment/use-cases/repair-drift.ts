import type { Database } from '#shared/database/pool';
import { withTransaction } from '#shared/database/with-transaction';
import { writeAudit } from '#shared/database/write-audit';
import { AppError } from '#shared/errors/app-error';
import type { Actor } from '#shared/kernel/actor';
import type { Drift } from '../domain/drift-report';
import { keepMovements } from '../sql/keep-movements';
import { findDrift } from '../sql/list-drift';
import { loadEntries } from '../sql/load-entries';
import { matchPayPalMovements } from '../sql/match-paypal-movements';
import { findDifferences, noteDrift } from './compare-entries';
import { type MendDeps, mendEntry } from './mend-entry';

export interface RepairDriftDeps extends MendDeps {
  readonly database: Database;
}

/**
 * Why a difference is as it is after a repair:
 * - `agrees`: both sides are alike by now;
 * - `still_differs`: the provider was asked and still says otherwise;
 * - `under_review`: what it answered contradicts what we know, so that nothing of it counts until a person has looked;
 * - `not_ours`: the provider's movement belongs to no payment of ours, so there is nothing to ask about.
 */
export type RepairReason = 'agrees' | 'still_differs' | 'under_review' | 'not_ours';

export interface RepairedDrift {
  readonly drift: Drift;
  readonly reason: RepairReason;
}

const WEEK_MS = 7 * 24 * 3_600_000;

/**
 * Mends one difference at an operator's word: reads the line of the statement again, asks the provider how the payment stands
 * and folds the answer in as any other report is, then compares. Books nothing of itself. The audit log has who wanted it before
 * anybody is asked, and what came of it. Throws `not_found`, and what the providers throw.
 */
export const repairDrift = async (
  deps: RepairDriftDeps,
  { id, actor }: { readonly id: string; readonly actor: Actor },
): Promise<RepairedDrift> => {
  const before = await findDrift(deps.database, id);
  if (before === null) throw new AppError('not_found');
  if (before.resolvedAt !== null) return { drift: before, reason: 'agrees' };
  const line = { actor, target: id, before: shown(before) };
  await writeAudit(deps.database, { ...line, action: 'drift.repair', after: null });
  const reason = await mend(deps, before);
  return withTransaction(deps.database, async (tx) => {
    const [entry] = await loadEntries(tx, [before.key]);
    const differences = findDifferences(entry === undefined ? [] : [entry]);
    await noteDrift({ database: tx, now: deps.now }, [before.key], differences);
    const drift = (await findDrift(tx, id)) ?? before;
    await writeAudit(tx, { ...line, action: 'drift.repaired', after: shown(drift) });
    return { drift, reason: drift.resolvedAt === null ? reason : 'agrees' };
  });
};

/** What the audit log keeps of a difference. */
const shown = ({ key, difference, field, ours, theirs, cause, resolvedAt }: Drift) => ({
  key,
  difference,
  field,
  ours,
  theirs,
  cause,
  resolvedAt,
});

const mend = async (deps: RepairDriftDeps, { provider, key }: Drift): Promise<RepairReason> => {
  const [entry] = await loadEntries(deps.database, [key]);
  const [found] = findDifferences(entry === undefined ? [] : [entry]);
  if (found === undefined) return 'agrees';
  const { books, objectId } = found.difference;
  const { at } = found.entry;
  await keepMovements(deps.database, await deps.statements[provider].find({ books, objectId, at }));
  if (provider === 'paypal') await matchPayPalMovements(deps.database, at - WEEK_MS);
  if (found.difference.difference === 'missing_there') return 'still_differs';
  const mending = await mendEntry(deps, found, 'repair');
  if (mending.kind === 'nothing_to_ask') return 'not_ours';
  return mending.kind === 'reconciled' && mending.outcome === 'review' ? 'under_review' : 'still_differs';
};
