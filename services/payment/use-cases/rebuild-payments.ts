import { copyPayments } from '../sql/copy-payments';
import { readDerived } from '../sql/read-derived';
import { type Comparison, compareDerived } from './compare-derived';
import { type ReplayDeps, type Replayed, replayInbox } from './replay-inbox';

export interface Rebuilt extends Comparison, Replayed {
  readonly payments: number;
}

/**
 * Makes all payment state again in a scratch database, from the inbox alone, and compares it with the source row by row.
 * Changes nothing at the source, which it sees as it was at one moment.
 */
export const rebuildPayments = async (deps: ReplayDeps): Promise<Rebuilt> => {
  const { source, scratch } = deps;
  await source.query('begin isolation level repeatable read, read only');
  const payments = await copyPayments(source, scratch);
  const replayed = await replayInbox(deps);
  await scratch.query('begin');
  const comparison = await compareDerived(readDerived(source), readDerived(scratch));
  await scratch.query('commit');
  await source.query('commit');
  return { payments, ...replayed, ...comparison };
};
