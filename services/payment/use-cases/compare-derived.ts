import type { DerivedRow } from '../sql/read-derived';

/** A row that is not the same on both sides; null where it is missing. */
export interface Difference {
  readonly table: string;
  readonly key: string;
  readonly source: string | null;
  readonly rebuilt: string | null;
}

export interface Comparison {
  /** Rows of the source, by table. */
  readonly counts: Readonly<Record<string, number>>;
  readonly differing: number;
  /** The first of them. */
  readonly differences: readonly Difference[];
}

/** Differences kept to be shown; the count is of all. */
const SHOWN = 50;

/** Walks two ordered readings side by side. */
export const compareDerived = async (
  source: AsyncIterable<readonly DerivedRow[]>,
  rebuilt: AsyncIterable<readonly DerivedRow[]>,
): Promise<Comparison> => {
  const counts: Record<string, number> = {};
  const differences: Difference[] = [];
  let differing = 0;
  const note = (difference: Difference): void => {
    differing += 1;
    if (differences.length < SHOWN) differences.push(difference);
  };
  const [a, b] = [rowsOf(source), rowsOf(rebuilt)];
  let [left, right] = [await a.next(), await b.next()];
  while (!left.done || !right.done) {
    const order = compareRows(left.value, right.value);
    const [here, there] = [order <= 0 ? left.value : undefined, order >= 0 ? right.value : undefined];
    const { table, key } = here ?? there ?? { table: '', key: '' };
    if (here !== undefined) counts[table] = (counts[table] ?? 0) + 1;
    if (here?.row !== there?.row)
      note({ table, key, source: here?.row ?? null, rebuilt: there?.row ?? null });
    if (here !== undefined) left = await a.next();
    if (there !== undefined) right = await b.next();
  }
  return { counts, differing, differences };
};

async function* rowsOf(pages: AsyncIterable<readonly DerivedRow[]>): AsyncGenerator<DerivedRow, undefined> {
  for await (const page of pages) yield* page;
  return undefined;
}

/** Below 0: `a` comes first; an end comes last. In the order of the readings: by bytes, which for ids is by code units. */
const compareRows = (a: DerivedRow | undefined, b: DerivedRow | undefined): number => {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? 1 : -1;
  return compareTexts(a.table, b.table) || compareTexts(a.key, b.key);
};

const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
