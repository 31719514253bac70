import type { Difference, Outcome } from './outcome';
import { definitions } from './stages/definitions';
import { newObjects } from './stages/new-objects';
import { places } from './stages/places';
import { policies } from './stages/policies';
import { privileges } from './stages/privileges';
import { rowsAsTheyAre, rowsByPoliciesAlone } from './stages/rows';
import type { Question } from './stages/stage';

/** What is done first, what is written in the catalogue afterwards: a cell that goes red says how it is felt, where it is. */
const STAGES = [rowsAsTheyAre, rowsByPoliciesAlone, places, privileges, policies, definitions, newObjects];

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
export const firstDifference = async (question: Question, stages = STAGES): Promise<Difference | null> => {
  for (const stage of stages) {
    const [first] = (await stage(question)).differences;
    if (first !== undefined) return first;
  }
  return null;
};

/** The same, beginning with the privileges: quicker where a fault is most likely felt by no statement that is tried. */
export const firstPrivilege = (question: Question): Promise<Difference | null> =>
  firstDifference(question, [privileges, ...STAGES]);
