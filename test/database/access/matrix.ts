import type { Difference, Outcome } from './outcome';
import { definitions } from './stages/definitions';
import { newObjects } from './stages/new-objects';
import { places } from './stages/places';
import { privileges } from './stages/privileges';
import { rowsAsTheyAre, rowsByPoliciesAlone } from './stages/rows';
import type { Question } from './stages/stage';

const STAGES = [rowsAsTheyAre, rowsByPoliciesAlone, places, privileges, definitions, newObjects];

/** Compares what Postgres lets everybody do with what is declared. Changes nothing. */
export const runMatrix = async (question: Question): Promise<Outcome> => {
  const outcomes: Outcome[] = [];
  for (const stage of STAGES) outcomes.push(await stage(question));
  return {
    cells: outcomes.reduce((sum, { cells }) => sum + cells, 0),
    differences: outcomes.flatMap(({ differences }) => differences),
  };
};

/** The first cell that is not as declared, looking no further; null when all are. */
export const firstDifference = async (question: Question): Promise<Difference | null> => {
  for (const stage of STAGES) {
    const [first] = (await stage(question)).differences;
    if (first !== undefined) return first;
  }
  return null;
};
