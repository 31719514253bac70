/** A cell that is not as declared. */
export interface Difference {
  readonly cell: string;
  readonly expected: string;
  readonly found: string;
}

export interface Outcome {
  readonly cells: number;
  readonly differences: readonly Difference[];
}

type Cells = ReadonlyMap<string, string>;

/** What a cell holds that one side does not know: no privilege, no such object. */
const NOTHING = 'nothing';

/** Compares cell by cell. */
export const compareCells = (expected: Cells, found: Cells): Outcome => {
  const cells = [...new Set([...expected.keys(), ...found.keys()])];
  const differences = cells.flatMap((cell) => {
    const [wanted, got] = [expected.get(cell) ?? NOTHING, found.get(cell) ?? NOTHING];
    return wanted === got ? [] : [{ cell, expected: wanted, found: got }];
  });
  return { cells: cells.length, differences };
};

/** The object that a cell is about. */
export const objectOf = (cell: string): string => cell.split(' · ')[0] ?? '';
