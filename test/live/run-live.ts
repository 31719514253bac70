import { setTimeout as sleep } from 'node:timers/promises';
import { ownerDatabase } from '../faults/owner-database';
import { seededRandom } from '../simulation/random';
import { watchCommits } from './commit-order';
import { judgeArrivals, type Verdict } from './judge-arrivals';
import { planWrites } from './plan-writes';
import { prepareConversations } from './prepare-conversations';
import { nameOf } from './row-event';
import type { Restart, Stage } from './stage';
import type { Watch } from './watch';
import { type Ledger, openWriter, type Written } from './write-rows';

export interface LiveOptions {
  /** Changes of rows that are committed. */
  readonly events: number;
  readonly seed: number;
  /** What is restarted while writing goes on, spread evenly over it. */
  readonly restarts: readonly Restart[];
  readonly onProgress?: (message: string) => void;
}

export interface LiveReport {
  readonly options: LiveOptions;
  readonly transactions: { readonly committed: number; readonly undone: number };
  /** For each person, how many events were theirs, and what is wrong with what came. */
  readonly people: readonly {
    readonly expected: number;
    readonly verdict: Verdict;
    readonly faults: readonly string[];
  }[];
  readonly seconds: { readonly writing: number; readonly wall: number };
}

const WRITERS = 6;
const PUBLICATION = 'supabase_realtime';
/** After so long without a single event, what has not come will not. Clients wait up to 10 s before they try again. */
const PATIENCE_MS = 15_000;
/** Writing goes on for so long before, during and after a restart. */
const RESTART_MS = 2_500;
/** What comes once more comes soon. */
const AFTERWARDS_MS = 500;

/** Two people watch their rows with stock supabase-js while others write; compares what came with the log of Postgres. */
export const runLive = async (stage: Stage, options: LiveOptions): Promise<LiveReport> => {
  const startedAt = performance.now();
  const db = ownerDatabase({ url: () => stage.databaseUrl }, 200);
  const order = await watchCommits(db, PUBLICATION);
  const watches: Watch[] = [];
  const ledger: Ledger = {
    written: new Map(),
    keys: new Map(),
    people: stage.people,
    conversations: await prepareConversations(db, stage.people),
    stamps: 0,
  };
  const events = (): number => watches.reduce((sum, { arrived }) => sum + arrived.length, 0);
  try {
    for (const person of stage.people) watches.push(await stage.watch(person));
    const random = seededRandom(options.seed);
    const plan = planWrites(random, options.events, WRITERS);
    const writers = plan.writers.map(() => openWriter(stage.databaseUrl, ledger));
    const total = plan.writers.flat().length;
    // As long between two transactions as it takes for every restart to happen while there is writing.
    const pauseMs = Math.floor((options.restarts.length * RESTART_MS * WRITERS) / total);
    let done = 0;
    try {
      await writers[0]?.run(plan.shared);
      const disturbing = disturb(stage, options, () => done / total);
      await Promise.all(
        plan.writers.map(async (transactions, index) => {
          for (const transaction of transactions) {
            await writers[index]?.run(transaction);
            done += 1;
            await sleep(random.below(2 * pauseMs + 1));
          }
        }),
      );
      await disturbing;
      const writing = (performance.now() - startedAt) / 1000;
      options.onProgress?.(`written in ${writing.toFixed(1)} s`);
      await untilCame(expectedOf(await order.read(), ledger), watches, events);
      await writers[0]?.run(plan.deletions);
      const committed = await order.read();
      const ours = committed.filter((xid) => ledger.written.has(xid)).length;
      const expected = expectedOf(committed, ledger);
      await untilCame(expected, watches, events);
      await sleep(AFTERWARDS_MS);
      return {
        options,
        transactions: { committed: ours, undone: ledger.written.size - ours },
        people: watches.map(({ arrived, faults }, index) => ({
          expected: expected[index]?.length ?? 0,
          verdict: judgeArrivals(expected[index] ?? [], arrived),
          faults,
        })),
        seconds: { writing, wall: (performance.now() - startedAt) / 1000 },
      };
    } finally {
      await Promise.all(writers.map((writer) => writer.close()));
    }
  } finally {
    await Promise.all(watches.map((watch) => watch.close()));
    await order.close();
    await db.close();
  }
};

/** For each person the names of the events that are theirs, in the order of commit. */
const expectedOf = (
  committed: readonly string[],
  { written, people }: Ledger,
): readonly (readonly string[])[] => {
  const all: readonly Written[] = committed.flatMap((xid) => written.get(xid) ?? []);
  return people.map((_, index) =>
    all.filter(({ audience }) => audience.includes(index)).map(({ event }) => nameOf(event)),
  );
};

const untilCame = async (
  expected: readonly (readonly string[])[],
  watches: readonly Watch[],
  events: () => number,
): Promise<void> => {
  let [last, lastAt] = [events(), Date.now()];
  const isMissing = (): boolean =>
    watches.some(({ arrived }, index) => arrived.length < (expected[index]?.length ?? 0));
  while (isMissing() && Date.now() - lastAt < PATIENCE_MS) {
    await sleep(20);
    if (events() !== last) [last, lastAt] = [events(), Date.now()];
  }
};

/** @param share of the writing that is done */
const disturb = async (
  stage: Stage,
  { restarts, onProgress }: LiveOptions,
  share: () => number,
): Promise<void> => {
  for (const [index, name] of restarts.entries()) {
    while (share() < (index + 1) / (restarts.length + 1)) await sleep(10);
    onProgress?.(`${name} at ${(share() * 100).toFixed(0)} %`);
    const restart = stage.restarts[name];
    if (restart === undefined) throw new Error(`${name} cannot be restarted here`);
    await restart();
  }
};
