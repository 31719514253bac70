import { findFile } from '../sql/find-file';
import { forgetFiles, forgetLostFiles } from '../sql/forget-files';
import { listStrayObjects } from '../sql/list-stray-objects';
import { listWaitingFiles } from '../sql/list-waiting-files';
import { type InspectDeps, inspectUpload, refuseUpload } from './inspect-upload';

export interface SweepFilesDeps extends InspectDeps {
  readonly onFailure: (what: { readonly task: string }, error: unknown) => void;
}

/** What one run does at most of each; the next one goes on. */
const MOST = { forgotten: 5_000, objects: 500, lost: 500, waiting: 20 } as const;

export type SweepCounts = Readonly<Record<'forgotten' | 'lost' | 'strays' | 'waiting', number>>;

/**
 * Puts rows and objects in order: uploads that nobody completed, objects without a file, files without an object, and files that
 * still wait because their message was lost or given up on. What fails does not keep the rest from being done.
 */
export const sweepFiles = async (deps: SweepFilesDeps): Promise<SweepCounts> => {
  const run = async (task: string, work: () => Promise<number>): Promise<number> => {
    try {
      return await work();
    } catch (error) {
      deps.onFailure({ task }, error);
      return 0;
    }
  };
  const { database } = deps;
  return {
    forgotten: await run('forgotten', () => forgetFiles(database, MOST.forgotten)),
    lost: await run('lost', () => forgetLostFiles(database, MOST.lost)),
    strays: await run('strays', () => removeStrays(deps)),
    waiting: await run('waiting', () => settleWaiting(deps)),
  };
};

const removeStrays = async ({ database, objects }: SweepFilesDeps): Promise<number> => {
  const strays = await listStrayObjects(database, MOST.objects);
  const buckets = Map.groupBy(strays, ({ bucket }) => bucket);
  for (const [bucket, found] of buckets) {
    await objects.remove(
      bucket,
      found.map(({ key }) => key),
    );
  }
  return strays.length;
};

const settleWaiting = async (deps: SweepFilesDeps): Promise<number> => {
  const waiting = await listWaitingFiles(deps.database, MOST.waiting);
  for (const { id, isGivenUp } of waiting) {
    const file = isGivenUp ? await findFile(deps.database, id) : null;
    if (file !== null) await refuseUpload(deps, file, 'not_inspected');
    else await inspectUpload(deps, id);
  }
  return waiting.length;
};
